import type { AccountFile, AccountLine, RosterLine } from './accounts/store.ts';
import type { ExportLine } from './audit/store.ts';
import type { dayMark, Priority } from './catalog/rules.ts';
import type { RuleFacts } from './catalog/store/keeping.ts';
import type { CategoryRow, InstructionTemplateRow } from './catalog/store.ts';
import type { DrawnField, OfferedAct } from './desks/routes/acts_view.ts';
import type { HouseholdRange } from './grids/rules.ts';
import type { BuildingFacts } from './grids/store/buildings.ts';
import type { GridBranchRow, GridFacts, GridMember } from './grids/store/grids.ts';
import type { MemberFacts } from './members/store.ts';
import type { BranchFacts, OrganizationFacts, PartyMemberFacts } from './party/store.ts';
import type { BuildingRow } from './people/store.ts';
import type { PlateSize } from './plates/rules.ts';
import type { CodedBuilding, HouseholdCodeRow } from './plates/store/codes.ts';
import type { PublicMember, ReviewableMember } from './plates/store/directory.ts';
import type { ToldCheck } from './plates/store/keeping.ts';
import type { PlateFacts } from './plates/store/places.ts';
import type { OwnMonth, ReadReview, ReviewedMember } from './plates/store/reviews.ts';
import type { PlateRow } from './plates/store.ts';
import type { Told } from './residents/routes/story.ts';
import type { PageAct } from './residents/rules.ts';
import type { Caretaker } from './residents/store.ts';
import type { ToldChange } from './trail/forms.ts';
import type { Counts, UnitKind, VenueType } from './units/rules.ts';
import type { DepartmentRow, HolderRow } from './units/store/tree.ts';
import type { GridRow, UnitRow } from './units/store.ts';
import type { HealthText } from './visits/actions/watch.ts';
import type { Situation, VisitAct } from './visits/rules.ts';
import type { BuildingCoverage } from './visits/store/coverage.ts';
import type { FieldMember } from './visits/store/field.ts';
import type { SubstituteFacts } from './visits/store/substitutes.ts';
import type { CallPath } from './web/call_path.ts';
import type { FormState } from './web/form.ts';
import type { Format, Left } from './web/format.ts';
import type { QrPath } from './web/qr.ts';
import type { ErrorCode, Lang, Words } from './words/words.ts';

/** The five tones of a status: waiting to begin, under way, needs attention, overdue or dangerous, over. */
export type Tone = 'new' | 'go' | 'warn' | 'late' | 'done';

/** Whoever is signed in, as far as a template may know. */
export interface Me {
  readonly name: string;
}

/** In which post the person sits, and into which others he may move. */
export interface Seat {
  readonly unit: string;
  readonly post: string;
  readonly others: readonly { readonly id: string | number; readonly label: string }[];
}

/** Who is on duty at the desk of a page, and a word for whoever sits there and is not. */
export interface OnShift {
  readonly desk: string;
  readonly text: string;
  readonly off: string | null;
}

export interface NavItem {
  readonly key: string;
  readonly href: string;
  readonly label: string;
  readonly icon: string;
  readonly count?: number | string | undefined;
  /** the count is overdue or dangerous work */
  readonly hot?: boolean | undefined;
  /** whose reports wait on this phone: counted there by its script */
  readonly kept_by?: number | undefined;
}
export interface NavGroup {
  readonly label: string;
  readonly items: readonly NavItem[];
}

/** A live figure of the topbar; with `href` it opens the list it counts. */
export interface Figure {
  /** the name under which it changes by itself */
  readonly key?: string | undefined;
  readonly label: string;
  readonly value: string | number;
  readonly href?: string | undefined;
  readonly hot?: boolean | undefined;
}

export interface Crumb {
  readonly label: string;
  readonly href: string;
}

/** What a page tells its layout. */
export interface Page {
  readonly title: string;
  /** key of the menu entry that is open */
  readonly nav?: string | undefined;
  readonly layout?: 'layout' | 'public' | 'phone/layout' | 'desks/wall_layout' | undefined;
  readonly crumbs?: readonly Crumb[] | undefined;
  /** what on this page changes by itself while it is open, and which version of it is shown */
  readonly live?: { readonly at: string; readonly version?: number } | undefined;
}

/** Beside its own locals each template may use these; they must stand in its header too. */
export interface Shared {
  readonly t: Words;
  readonly lang: Lang;
  readonly me: Me | null;
  readonly now: Date;
  /** inline SVG by Tabler name */
  readonly icon: (name: string) => string;
  readonly fmt: Format;
  /** the address of a file under public/ */
  readonly asset: (name: string) => string;
  /** the sentence for a refused field */
  readonly explain: (code: ErrorCode) => string;
  readonly nonce: string;
}
export type SharedName = keyof Shared;
export const sharedNames: ReadonlySet<SharedName> = new Set(
  Object.keys({ t: 0, lang: 0, me: 0, now: 0, icon: 0, fmt: 0, asset: 0, explain: 0, nonce: 0 } satisfies Record<
    SharedName,
    0
  >) as SharedName[],
);

interface Around {
  page: Page;
  body: string;
  nav: readonly NavGroup[];
  figures: readonly Figure[];
  /** the bar of a post that works on a phone; others get the first entries of their menu */
  bar?: readonly NavItem[] | undefined;
  on_shift?: OnShift | null;
  seat: Seat | null;
  unread: number;
  flashes: readonly { text: string; tone: Tone }[];
  demo: boolean;
  elder: boolean;
  /** where the switches lead: this page in the other language, in the other type size */
  other_language: string;
  other_size: string;
}

export interface Option {
  readonly value: string | number;
  readonly label: string;
  readonly note?: string | undefined;
  readonly disabled?: boolean | undefined;
}

/** What each template needs, by its path under views/. The type check holds the templates to it. */
export interface Views {
  layout: Around;
  public: Around;

  'failures/refused': {
    status: number;
    title: string;
    text: string;
    detail?: string | undefined;
    /** where to go from here; the first is the likely one */
    ways: readonly { href: string; label: string }[];
    typed?: readonly { label: string; text: string }[] | undefined;
    request_id?: string | undefined;
  };

  'residents/report': {
    form: FormState;
    action: string;
    once: string;
    said?: string | undefined;
    challenge?: { token: string; bits: number; a: number; b: number; wrong: boolean } | undefined;
    hotline: string;
    /** the place that a plate knows; null without one */
    plate: { where: string; grid: string; members: readonly Caretaker[] } | null;
    areas: readonly { label: string; options: readonly Option[] }[];
    place: readonly Option[];
    choices?: readonly Option[] | undefined;
    max_files: number;
  };
  'residents/unknown': { hotline: string; above: { name: string; phone: string } | null };
  'residents/sent': { receipt?: { number: string; code: string } | undefined; hotline: string; address: string };
  'residents/find': { form: FormState; refusal?: string | undefined; said?: string | undefined };
  'residents/rating': { form: FormState };
  'residents/evaluate': { form: FormState; number: string; title: string; answer: string | null };
  'residents/rated': { text: string };
  'residents/link_over': { title: string; text: string; hotline: string };
  'residents/case': {
    once: string;
    said?: string | undefined;
    number: string;
    title: string;
    content: string;
    /** What the appellant sent, and what he is shown of the result. */
    sent: readonly Picture[];
    shown: readonly Picture[];
    steps: Views['parts/steps']['steps'];
    story: readonly Told[];
    next: string;
    due: string | null;
    answer: string | null;
    forms: readonly { wish: PageAct; open: boolean; form: FormState }[];
    reopen_days: number;
    max_files: number;
    hotline: string;
  };

  'people/sign_in': {
    form: FormState;
    /** where to go on to */
    next: string;
    refusal?: string | undefined;
    said?: string | undefined;
    demo_groups: readonly {
      label: string;
      accounts: readonly { username: string; name: string; post: string; unit: string }[];
    }[];
    demo_password: string;
  };
  'people/password': { form: FormState; first: boolean };
  'people/password_fields': { form: FormState };
  'people/account': {
    form: FormState;
    username: string;
    posts: readonly { post: string; unit: string; current: boolean }[];
    language: FormState;
    languages: readonly Option[];
    sessions: readonly { sid: string; here: boolean; agent: string; network: string; started_at: Date; expire: Date }[];
  };

  'accounts/list': {
    form: FormState;
    posts: readonly { label: string; options: readonly Option[] }[];
    states: readonly Option[];
    rows: readonly (Omit<AccountLine, 'posts'> & { tags: readonly Tagged[]; posts: readonly string[] })[];
    newer: string | undefined;
    older: string | undefined;
    may_edit: boolean;
  };
  'accounts/new': { form: FormState };
  'accounts/account': {
    account: AccountFile;
    tags: readonly Tagged[];
    language: string;
    held: readonly Holding[];
    past: readonly Holding[];
    sign_ins: readonly { at: Date; network: string; outcome: string; tone: Tone }[];
    open_sessions: number;
    changes: readonly ToldChange[];
    /** a password to be shown this once */
    handed_out: string | undefined;
    own: boolean;
    /** the form of name and phone, for whoever may change them */
    edit: FormState | null;
    version: string;
    stale: boolean;
    may_administer: boolean;
    resets: boolean;
    reset_once: string;
    grant: FormState | null;
    grant_once: string;
    grantable: readonly { label: string; options: readonly Option[] }[];
    chosen: readonly Option[];
    choices: readonly Option[] | undefined;
  };
  'accounts/duty': {
    form: FormState;
    here: string;
    /** `begins`: the first of its unit on this page */
    rows: readonly (Omit<RosterLine, 'post'> & { unit: string; post: string; begins: boolean })[];
    newer: string | undefined;
    older: string | undefined;
  };

  'audit/filter': AuditFrame;
  'audit/trail': AuditPage<{ seq: number; thing: string; hash: string; change: ToldChange }>;
  'audit/sign_ins': AuditPage<{
    at: Date;
    username: string;
    person: string | null;
    network: string;
    outcome: string;
    tone: Tone;
  }> & {
    kpis: readonly Kpi[];
    alarm: number | null;
  };
  'audit/reveals': AuditPage<{ at: Date; who: string; seat: string; number: string; reason: string }>;
  'audit/exports': AuditPage<ExportLine & { who: string; seat: string }>;

  'parts/frame': { title: string; body: string };
  'parts/field': FieldLocals;
  'parts/errors': { form: FormState; labels: Readonly<Record<string, string>> };
  'parts/status': { tone: Tone; text: string; icon_name?: string | undefined };
  'parts/priority': { priority: 'inquiry' | 'general' | 'urgent' | 'emergency' | 'complex'; text: string };
  'parts/due': { due: Left; by?: boolean | undefined };
  'parts/figures': { figures: readonly Figure[] };
  'parts/notice': { tone: Tone; text: string; title?: string | undefined; href?: string | undefined; label?: string | undefined };
  'parts/button': {
    label: string;
    icon_name?: string | undefined;
    /** the key that presses it, shown beside the word */
    key?: string | undefined;
    look?: 'primary' | 'quiet' | 'small' | undefined;
    name?: string | undefined;
    value?: string | number | undefined;
    /** where it sends the form, when not to the form's own address */
    action?: string | undefined;
    /** why it cannot be pressed now */
    why?: string | undefined;
    why_id?: string | undefined;
  };
  'parts/pager': { newer?: string | undefined; older?: string | undefined; text?: string | undefined };
  'parts/empty': {
    title: string;
    text: string;
    icon_name?: string | undefined;
    href?: string | undefined;
    label?: string | undefined;
  };
  'parts/tabs': { label: string; tabs: readonly Tab[] };
  'parts/chips': { label: string; chips: readonly Chip[] };
  'parts/kpis': { figures: readonly Kpi[] };
  'parts/facts': {
    facts: readonly { term: string; text: string | number; href?: string | undefined; note?: string | undefined }[];
  };
  'parts/pictures': { pictures: readonly Picture[] };
  'whistles/list': {
    may_draft: boolean;
    tabs: Views['parts/tabs']['tabs'];
    rows: readonly {
      id: number;
      title: string;
      kind: string;
      urgent: boolean;
      caller: string;
      called: string;
      answered: string | null;
      status: { tone: Tone; text: string };
      due: Left | null;
      day: string;
      demo: boolean;
    }[];
    newer: string | undefined;
    older: string | undefined;
  };
  'whistles/draft': {
    form: FormState;
    action: string;
    title: string;
    /** the number of the appeal it is about, while it is new */
    appeal: string;
    about_appeal: boolean;
    subjects: readonly Option[];
    kinds: readonly Option[];
    units: readonly Option[];
    most: number;
    back: string;
  };
  'whistles/whistle': WhistleLocals;
  'whistles/next': Pick<WhistleLocals, 'acts' | 'waiting'>;
  'whistles/board': RollCall;
  'whistles/scores': {
    month: string;
    older: string;
    newer: string | undefined;
    scores: readonly { unit: string; whistles: number; score: string }[];
    shares: readonly { unit: string; whistles: number; sound: string | null; appeals: string; rate: string | null }[];
    median: string;
  };
  'parts/timeline': { entries: readonly TimelineEntry[] };
  'parts/call_path': { path: CallPath };
  'parts/steps': { steps: readonly { label: string; state: 'past' | 'now' | 'waiting'; note?: string | undefined }[] };
  'parts/progress': { label: string; done: number; total: number; text?: string | undefined };
  'parts/files': {
    form: FormState;
    name: string;
    label: string;
    /** as the HTML attribute wants it */
    accept: string;
    /** the same in words */
    kinds: string;
    max_files: number;
    max_mb: number;
    /** opens the camera of a phone */
    capture?: boolean | undefined;
    hint?: string | undefined;
    required?: boolean | undefined;
  };
  'files/kept': { form: FormState };
  'messages/inbox': {
    rows: readonly { id: number; text: string; at: Date; unread: boolean; number: string | null; title: string | null }[];
    only_unread: boolean;
    /** the newest message of the first page; null on the others */
    newest: number | null;
    latest: string | undefined;
    older: string | undefined;
  };
  'messages/outbox': {
    /** due for too long */
    late: number;
    more: number;
    rows: readonly {
      id: number;
      event: string;
      port: string;
      number: string | null;
      href: string | null;
      phone: string | null;
      error: string;
      tries: string;
      since: string;
      form: FormState;
    }[];
  };
  'messages/texts': {
    tabs: readonly { href: string; label: string; current: boolean }[];
    rows: readonly {
      event: string;
      texts: readonly { lang: Lang; href: string; body: string; changed: string | null }[];
    }[];
  };
  'messages/text': {
    title: string;
    lang_name: string;
    hint: string;
    form: FormState;
    action: string;
    holds: readonly { name: string; means: string }[];
    preview: string | null;
    versions: readonly { text: string; by: string }[];
  };
  'shifts/week': {
    tabs: readonly { href: string; label: string; current: boolean }[];
    desks: readonly { href: string; label: string; current: boolean }[];
    /** the units among which one may change, where the desk is not the city's */
    units: readonly { value: number; label: string }[];
    desk: string;
    unit_id: number;
    unit: string | null;
    week: string;
    week_text: string;
    before: string;
    after: string;
    this_week: string | null;
    edits: boolean;
    may_copy: boolean;
    form: FormState;
    people: readonly { value: number; label: string }[];
    heads: readonly { text: string; day: string; today: boolean }[];
    rows: readonly {
      part: string;
      hours: string;
      cells: readonly {
        /** null where nothing can be changed */
        key: string | null;
        names: readonly { name: string; mine: boolean }[];
        state: 'none' | 'empty' | 'over' | 'runs' | 'coming';
        label: string;
      }[];
    }[];
    empty: number;
    swaps: readonly { id: number; asked_of_me: boolean; text: string }[];
    swap: {
      form: FormState;
      mine: readonly { value: number; label: string }[];
      others: readonly { value: number; label: string }[];
    } | null;
  };
  'shifts/now': {
    tabs: readonly { href: string; label: string; current: boolean }[];
    empty: readonly string[];
    more: number;
    rows: readonly {
      desk: string;
      unit: string;
      hours: string;
      href: string;
      people: readonly { name: string; phone: string | null; on_duty: boolean }[];
    }[];
  };
  'shifts/handover': {
    tabs: readonly { href: string; label: string; current: boolean }[];
    desk: string;
    unit_id: number;
    heading: string;
    form: FormState;
    /** the shift that the reader may write about */
    shift: string | null;
    notes: readonly {
      id: number;
      body: string;
      appeals: readonly string[];
      written: string;
      taken: string | null;
      may_take: boolean;
    }[];
  };
  'upkeep/health': {
    bad: number;
    checked: string;
    rows: readonly { what: string; ok: boolean; found: string; todo: string }[];
  };
  'upkeep/jobs': {
    may_run: boolean;
    rows: readonly {
      key: string;
      name: string;
      does: string;
      when: string;
      last: string;
      took: string;
      state: { tone: Tone; text: string };
      result: string;
      next: string;
      running: boolean;
    }[];
  };
  'upkeep/job': {
    name: string;
    does: string;
    when: string;
    rows: readonly { slot: string; started: string; took: string; state: { tone: Tone; text: string }; result: string }[];
  };
  'parts/combobox': {
    form: FormState;
    name: string;
    label: string;
    /** answers `?q=` with JSON `[{ value, label, note? }]` */
    url: string;
    hint?: string | undefined;
    required?: boolean | undefined;
    placeholder?: string | undefined;
    chosen?: readonly Option[] | undefined;
    /** what the server found for the text, when the page was sent without JavaScript */
    choices?: readonly Option[] | undefined;
    multiple?: boolean | undefined;
    key?: string | undefined;
  };
  'parts/tabbar': { items: readonly NavItem[]; current: string | undefined; menu?: boolean | undefined };
  'parts/keys': Record<string, never>;

  'catalog/categories': {
    form: FormState;
    groups: readonly {
      code: string;
      name: string;
      rows: readonly {
        category: CategoryRow;
        name: string;
        lead: { id: number; name: string } | null;
        limits: readonly LimitCell[];
      }[];
    }[];
    filtered: boolean;
    counts: string;
    may_edit: boolean;
  };
  'catalog/category': {
    category: CategoryRow;
    name: string;
    ended: boolean;
    group: Crumb | null;
    lead: Crumb | null;
    limits: readonly LimitCell[];
    subcategories: readonly Crumb[];
    rules: readonly { rule: RuleFacts; area: string; unit: string }[];
    more_rules: boolean;
    appeals_href: string | null;
    changes: readonly ToldChange[];
    may_edit: boolean;
    may_propose: boolean;
  };
  'catalog/rules': {
    form: FormState;
    tabs: readonly Tab[];
    categories: Groups;
    areas: Groups;
    filtered: boolean;
    only_of: { name: string; without: string } | null;
    rows: readonly { rule: RuleFacts; category: string; area: string; unit: string }[];
    explained: Explanation;
    may_propose: boolean;
    newer?: string | undefined;
    older?: string | undefined;
  };
  'catalog/explain': { explained: Explanation; categories: Groups };
  'catalog/rule_sets': {
    tabs: readonly Tab[];
    open: readonly ToldRuleSet[];
    decided: readonly ToldRuleSet[];
    may_propose: boolean;
    older?: string | undefined;
  };
  'catalog/set_rows': { rows: readonly ToldRuleSet[] };
  'catalog/rule_set': {
    set: ToldRuleSet;
    action: string;
    facts: Views['parts/facts']['facts'];
    changes: readonly {
      kind: Tagged;
      code: string;
      category: string;
      area: string;
      unit: string;
      role: string;
      note: string;
      reason: string;
      ruling: { href: string; label: string } | null;
      replaces: string | null;
      /** where it is taken out of the draft */
      remove: string | null;
    }[];
    ended: readonly { code: string; category: string; area: string; unit: string; role: string }[];
    offer: FormState | null;
    may_take_back: boolean;
    may_drop: boolean;
    /** the second person's: to activate it, or to reject it for a reason */
    reject: FormState | null;
    simulation: Views['catalog/simulation'] | null;
  };
  'catalog/simulation': {
    action: string;
    form: FormState;
    months: readonly Option[];
    summary: string;
    ways: readonly { from: string; to: string; appeals: string; href: string; current: boolean }[];
    all: { href: string; current: boolean };
    rows: readonly {
      href: string;
      number: string;
      title: string;
      day: string;
      category: string;
      place: string;
      from: string;
      to: string;
    }[];
    older: string | null;
  };
  'catalog/templates': {
    tabs: readonly Tab[];
    rows: readonly { template: InstructionTemplateRow; category: string | null; ended: boolean }[];
    may_edit: boolean;
  };
  'catalog/calendar': {
    year: number | null;
    years: readonly Tab[];
    warnings: readonly string[];
    figures: readonly Kpi[];
    version: number;
    months: readonly CalendarMonth[];
    spans: readonly { when: string; name: string; working: boolean }[];
    seasons: readonly string[];
    next_year: number | null;
    changes: readonly ToldChange[];
    may_edit: boolean;
  };
  'catalog/moves': { moves: ToldMoves };
  'catalog/preview': {
    title: string;
    action: string;
    back: string;
    hidden: readonly (readonly [name: string, value: string])[];
    moves: ToldMoves;
  };
  'catalog/versions': { rows: readonly ToldVersion[] };
  'catalog/history': {
    rows: readonly ToldVersion[];
    all_href: string | null;
    newer?: string | undefined;
    older?: string | undefined;
  };
  'catalog/change': {
    id: number;
    name: string;
    state: Views['parts/status'];
    facts: Views['parts/facts']['facts'];
    moves: ToldMoves | null;
    may_decide: boolean;
    may_withdraw: boolean;
    history: string;
  };
  'catalog/parameters': {
    pending: readonly ToldVersion[];
    matrix: readonly { label: string; cells: readonly ToldParameter[] }[];
    groups: readonly { label: string; rows: readonly ToldParameter[] }[];
    may_edit: boolean;
  };
  'member_scores/month': {
    month: string;
    month_name: string;
    figures: readonly Kpi[];
    objections: readonly { id: number; name: string; month: string; grounds: string }[];
    to_propose: number;
    to_confirm: number;
    may_enter: boolean;
    rows: readonly MemberScoreLine[];
    newer?: string | undefined;
    older?: string | undefined;
    year_href: string;
  };
  'member_scores/mine': { years: readonly { name: string; figures: readonly Kpi[]; rows: readonly MemberScoreLine[] }[] };
  'member_scores/year': {
    title: string;
    groups: readonly {
      label: string;
      rows: readonly {
        person_id: number;
        name: string;
        demo: boolean;
        grid: string;
        months: number;
        total: string;
        mean: string;
        community: number | null;
        town: number | null;
      }[];
    }[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'member_scores/term': {
    title: string;
    who: string;
    said: string;
    about: string;
    rows: readonly { at: string; text: string; href: string | null; number: string; state: string; tone: Tone }[];
  };
  'member_scores/marks': {
    month_name: string;
    new_href: string | null;
    rows: readonly {
      id: number;
      name: string;
      grid: string;
      kind: string;
      points: string;
      reason: string;
      by: string;
      confirmed: string;
      state: string;
      tone: Tone;
      leak: boolean;
      may_settle: boolean;
    }[];
  };
  'member_scores/score': {
    id: number;
    name: string;
    demo: boolean;
    month: string;
    score: string;
    state: string;
    tone: Tone;
    revision: string;
    terms: readonly { name: string; label: string; weight: number; said: string; points: string | null }[];
    bonus: string;
    penalty: string;
    marks: readonly { text: string; points: string; reason: string; state: string; tone: Tone }[];
    facts: Views['parts/facts']['facts'];
    revisions: readonly { id: number; label: string; score: string; state: string; tone: Tone; current: boolean }[];
    may_propose: boolean;
    may_confirm: boolean;
    objection: { grounds: string; decision: string; tone: Tone; ruling: string; by: string } | null;
    object: { until: string; form: FormState } | null;
    rule: FormState | null;
    rulings: readonly Option[];
  };
  'callbacks/script': {
    tabs: readonly Tab[];
    scripts: readonly { lang: Lang; label: string; lines: readonly string[] }[];
  };
  'callbacks/recalls': {
    different: boolean;
    tabs: readonly Tab[];
    figures: readonly Kpi[];
    rows: readonly (RecallSides & { id: number; title: string; number: string; unit: string; day: string; outcome: string })[];
    draws: readonly { line: string; seed: string }[];
  };
  'callbacks/recall': RecallSides & {
    id: number;
    title: string;
    number: string;
    lines: readonly string[];
    form: FormState | null;
    outcomes: readonly Option[];
    answers: readonly Option[];
    levels: readonly Option[];
  };
  'integrity/findings': { tabs: readonly Tab[]; chips: readonly Chip[]; rows: readonly FindingLine[] };
  'integrity/finding': FindingLine & {
    facts: Views['parts/facts']['facts'];
    form: FormState | null;
    verdicts: readonly Option[];
    may_settle: boolean;
  };
  'party/around': { around: PartyList };
  'party/organizations': {
    around: PartyList;
    rows: readonly { organization: OrganizationFacts; community: string }[];
    may_add: boolean;
    newer?: string | undefined;
    older?: string | undefined;
  };
  'party/members': {
    around: PartyList;
    rows: readonly PartyMemberFacts[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'party/branches': {
    around: PartyList;
    covered: string;
    rows: readonly { row: BranchFacts; grid: string; path: string; may_edit: boolean }[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'party/organization': {
    organization: OrganizationFacts;
    form: FormState;
    path: readonly Crumb[];
    ended: boolean;
    rows: readonly PartyMemberFacts[];
    changes: readonly ToldChange[];
    may_edit: boolean;
    newer?: string | undefined;
    older?: string | undefined;
  };
  'members/members': {
    form: FormState;
    areas: Groups;
    demo: boolean;
    filtered: boolean;
    figures: readonly Kpi[];
    rows: readonly { member: MemberFacts; grid: string; path: string }[];
    may_add: boolean;
    newer?: string | undefined;
    older?: string | undefined;
  };
  'members/member': {
    member: MemberFacts;
    path: readonly Crumb[];
    ended: boolean;
    buildings: readonly BuildingRow[];
    changes: readonly ToldChange[];
    may_edit: boolean;
  };
  'visits/visits': {
    own: boolean;
    /** whose visits alone are listed, for a reader who is not himself a member */
    member: string | undefined;
    figures: readonly Kpi[];
    substitutes: readonly string[];
    tabs: readonly Tab[];
    rows: readonly {
      id: number;
      place: string;
      member: string;
      grid: string;
      day: string;
      today: boolean;
      late: boolean;
      status: string;
      tone: Tone;
      needs: string;
      demo: boolean;
    }[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'visits/visit': {
    id: number;
    place: string;
    status: string;
    tone: Tone;
    demo: boolean;
    form: FormState;
    steps: Views['parts/steps']['steps'];
    facts: Views['parts/facts']['facts'];
    talk: string;
    needs: string;
    acts: Readonly<Record<VisitAct, boolean>>;
    appeal_href: string | null;
    watch_href: string | null;
    again_href: string | null;
  };
  'visits/coverage': {
    chips: readonly Chip[];
    figures: readonly Kpi[];
    rows: readonly {
      id: number;
      name: string;
      visited: number;
      visits: number;
      households: number;
      share: number | null;
      target: number;
    }[];
    buildings: readonly (BuildingCoverage & { grid: string })[];
    households: readonly { place: string; grid: string; last_at: Date; href: string | undefined }[];
    /** the reader plans visits himself */
    plans: boolean;
  };
  'visits/watch': {
    late: number;
    chips: readonly Chip[];
    tabs: readonly Tab[];
    rows: readonly {
      id: number;
      situation: string;
      text: string;
      place: string;
      day: string;
      step: string | null;
      due: Left | null;
      demo: boolean;
    }[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'visits/watch_new': {
    form: FormState;
    /** null until it is known which of the four, and where */
    situation: { value: Situation; label: string; hint: string } | null;
    choices: readonly Option[];
    grid: string | null;
    grids: Groups;
    buildings: readonly Option[];
    room: boolean;
    kept: string;
  };
  'visits/watch_record': {
    id: number;
    title: string;
    icon_name: string;
    demo: boolean;
    closed: boolean;
    kept: string | null;
    emergency: boolean;
    facts: Views['parts/facts']['facts'];
    event: string;
    need: string;
    outcome: string;
    /** of health: whether it is still kept, and what it says once it was opened */
    sealed: { there: boolean; opened: HealthText | null; form: FormState } | null;
    steps: readonly { id: number; label: string; done: string | null; due: Left | null; href: string | null }[];
    close_form: FormState | null;
    changes: readonly ToldChange[];
  };
  'visits/duty_log': {
    form: FormState;
    day: string;
    chips: readonly Chip[];
    ticked: number;
    groups: readonly {
      label: string;
      ticked: number;
      rows: readonly { value: string; label: string; note: string; ticked: boolean }[];
    }[];
  };
  'visits/duty_month': {
    month_name: string;
    figures: readonly Kpi[];
    days: readonly { day: string; duties: readonly { name: string; note: string }[] }[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'visits/duty_statistics': {
    month_name: string;
    figures: readonly Kpi[];
    groups: readonly {
      label: string;
      rows: readonly { name: string; frequency: string; department: string; entries: number; members: number }[];
    }[];
    departments: readonly { name: string; entries: number }[];
    total: number;
    newer?: string | undefined;
    older?: string | undefined;
  };
  'visits/field': {
    form: FormState;
    filtered: boolean;
    figures: readonly Kpi[];
    rows: readonly (FieldMember & {
      grid: string;
      target: number;
      share: number | null;
      position: string | null;
      /** mean of stars and how many reviews, this month */
      reviews: string | null;
      visits_href: string;
    })[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'visits/substitutes': {
    /** the reader names and ends them */
    keeps: boolean;
    rows: readonly (SubstituteFacts & {
      grid: string;
      days: string;
      state: string;
      tone: Tone;
      decided: string;
      may_end: boolean;
    })[];
  };
  'grids/grids': {
    form: FormState;
    areas: Groups;
    demo: boolean;
    filtered: boolean;
    figures: readonly Kpi[];
    checks: readonly Chip[];
    venues: readonly Chip[];
    rows: readonly { grid: GridFacts; name: string; path: string; unusual: string | null }[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'plates/plates': {
    form: FormState;
    areas: Groups;
    demo: boolean;
    filtered: boolean;
    figures: readonly Kpi[];
    rows: readonly { plate: PlateFacts; href: string; name: string; grid: string; path: string }[];
    /** plates for the places without one, all at once */
    missing: { area_id: number | null; label: string } | null;
    print_href: string | null;
    codes_href: string | null;
    newer?: string | undefined;
    older?: string | undefined;
  };
  'plates/plate': {
    plate: PlateFacts;
    name: string;
    place_href: string;
    path: readonly Crumb[];
    hotline: string;
    address: string | null;
    versions: readonly (PlateRow & { maker: string | null; revoker: string | null })[];
    checks: readonly ToldCheck[];
    scans: readonly { day: string; scans: number }[];
    bars: readonly { x: number; y: number; height: number }[];
    make: boolean;
    revoke: FormState | null;
    check: FormState | null;
    print_href: string | null;
    codes_href: string | null;
    changes: readonly ToldChange[];
  };
  'plates/print': {
    form: FormState;
    areas: Groups;
    size: PlateSize;
    /** the one plate that is printed, or null for a list of them */
    single: number | null;
    sheets: readonly (readonly Sign[])[];
    /** plate and what its sign said, to be sent back when it was printed */
    shown: readonly string[];
    told: string;
    kept: Readonly<Record<string, string | number>>;
    next_href: string | null;
  };
  'plates/sign': { sign: Sign };
  'plates/codes': { form: FormState; buildings: readonly CodedBuilding[] };
  'plates/households': {
    building_id: number;
    name: string;
    form: FormState;
    households: readonly (Pick<HouseholdCodeRow, 'id' | 'household' | 'made_at'> & { maker: string | null })[];
  };
  'plates/slips': {
    name: string;
    address: string;
    qr: QrPath;
    slips: readonly { household: string; code: string }[];
    back: string;
  };
  'plates/stars': { stars: number };
  'plates/review': { form: FormState; building: string | null; members: readonly ReviewableMember[] };
  'plates/review_done': Record<never, never>;
  'plates/reviews': {
    form: FormState;
    months: readonly Option[];
    demo: boolean;
    figures: readonly Kpi[];
    rows: readonly { member: ReviewedMember; href: string; grid: string; path: string }[];
  };
  'plates/member_reviews': {
    member: MemberFacts;
    grid: string;
    month: string;
    months: readonly Chip[];
    reviews: readonly (ReadReview & { unpublish: FormState | null })[];
  };
  'plates/own_reviews': { months: readonly OwnMonth[] };
  'plates/directory': {
    form: FormState;
    found: readonly { href: string; label: string; note: string }[] | null;
    towns: readonly PublicAreaLine[];
    hotline: string;
  };
  'plates/areas': { areas: readonly PublicAreaLine[] };
  'plates/crumbs': { crumbs: readonly Crumb[] };
  'plates/phones': Pick<DirectoryFrame, 'phones' | 'hotline'>;
  'plates/directory_area': DirectoryFrame & { below: readonly PublicAreaLine[] };
  'plates/directory_grid': DirectoryFrame & {
    building: string | null;
    members: readonly PublicMember[];
    help_point: string | null;
    buildings: readonly string[];
  };
  'grids/members': { title: string; members: readonly GridMember[]; all_href: string };
  'grids/grid': {
    unit: UnitRow;
    grid: GridRow;
    branch: GridBranchRow | null;
    name: string;
    path: readonly Crumb[];
    ended: boolean;
    buildings: readonly BuildingRow[];
    buildings_households: number;
    members: readonly GridMember[];
    /** who stands in for whom today */
    substitutes: readonly string[];
    open_orders: number;
    plate_href: string | null;
    appeals_href: string | null;
    changes: readonly ToldChange[];
    unusual: HouseholdRange | null;
    may_edit: boolean;
  };
  'grids/buildings': {
    form: FormState;
    areas: Groups;
    estates: readonly string[];
    stray: boolean;
    demo: boolean;
    filtered: boolean;
    figures: readonly Kpi[];
    rows: readonly { building: BuildingFacts; grid: string; path: string }[];
    may_add: boolean;
    newer?: string | undefined;
    older?: string | undefined;
  };
  'grids/building': {
    building: BuildingRow;
    plate_href: string | null;
    name: string;
    path: readonly Crumb[];
    ended: boolean;
    members: readonly GridMember[];
    changes: readonly ToldChange[];
    may_edit: boolean;
  };
  'units/demo': { small?: boolean | undefined };
  'units/changes': { changes: readonly ToldChange[] };
  'assessment/table': {
    period: string;
    state: Tagged;
    months: readonly Option[];
    form: FormState;
    keep: { scheme: string; group: string };
    schemes: readonly Chip[];
    tabs: readonly Tab[];
    figures: readonly Kpi[];
    terms: readonly string[];
    /** whether the scheme has a base and takes points */
    judges: boolean;
    lines: readonly ScoreLine[];
    base: string | null;
    only_own: boolean;
    nothing: boolean;
    checksum: string | null;
    genuine: boolean;
    revisions: readonly { revision: number; at: string; reason: string; checksum: string }[];
    links: readonly { label: string; href: string }[];
  };
  'reports/overview': {
    month: string;
    as_of: string;
    same_days: boolean;
    form: FormState;
    months: readonly Option[];
    figures: readonly Kpi[];
    trend: TrendChart;
    blocks: readonly { title: string; note: string | null; bars: readonly BarLine[] }[];
    losing: readonly {
      unit: string;
      href: string;
      score: string;
      gap: string;
      deduction: string;
      width: number;
    }[];
    base: string | null;
    links: readonly { href: string; label: string; icon_name: string }[];
    nothing: boolean;
  };
  'reports/trend': { chart: TrendChart };
  'reports/trend_table': { chart: TrendChart };
  'reports/bars': { title: string; note?: string | null | undefined; bars: readonly BarLine[] };
  'reports/when': { form: FormState; action: string; months: readonly Option[] };
  'reports/pivot': {
    title: string;
    form: FormState;
    options: { rows: readonly Option[]; columns: readonly Option[]; measure: readonly Option[]; months: readonly Option[] };
    as_of: string;
    notes: readonly string[];
    corner: string;
    columns: readonly string[];
    rows: readonly {
      name: string;
      cells: readonly ({ value: string; href: string; depth: number } | null)[];
      total: { value: string; href: string };
    }[];
    totals: readonly { value: string; href: string }[];
    total: { value: string; href: string };
  };
  'reports/times': {
    month: string;
    form: FormState;
    months: readonly Option[];
    bars: readonly BarLine[];
    scale: string;
    spreads: readonly {
      unit: string;
      href: string;
      n: string;
      p10: string;
      p50: string;
      p90: string;
      from: number;
      width: number;
      middle: number;
    }[];
  };
  'reports/deductions': { form: FormState; months: readonly Option[] };
  'reports/bulletins': { rows: readonly { title: string; href: string; revision: string | null; state: Tagged; at: string }[] };
  'reports/bulletin': {
    id: number;
    document: BulletinDocument;
    stale: boolean;
    state: Tagged;
    version: string;
    told: readonly string[];
    edit: boolean;
    approve: boolean;
    publish: boolean;
    revise: FormState | null;
    open: string | null;
  };
  'reports/bulletin_edit': { title: string; form: FormState; stale: boolean; action: string };
  'reports/document': { document: BulletinDocument };
  'reports/word': { document: BulletinDocument };
  'reports/public': {
    bulletins: readonly { href: string; title: string; day: string }[];
    stories: readonly { href: string; title: string; text: string }[];
  };
  'reports/public_bulletin': { document: BulletinDocument };
  'reports/public_story': { story: StoryText; source: string };
  'reports/story_text': { story: StoryText };
  'reports/stories': { write: boolean; rows: readonly { title: string; href: string; text: string; state: Tagged }[] };
  'reports/story': {
    id: number;
    story: StoryText;
    source: string | null;
    stale: boolean;
    category: string | null;
    state: Tagged;
    told: readonly string[];
    version: string;
    edit: boolean;
    approve: boolean;
    withdraw: boolean;
    open: string | null;
  };
  'reports/story_edit': {
    form: FormState;
    stale: boolean;
    action: string;
    source: string | null;
    categories: readonly Option[];
  };
  'assessment/lines': { lines: readonly ScoreLine[]; terms: readonly string[]; judges: boolean; whistles: boolean };
  'assessment/span': {
    title: string;
    months: readonly string[];
    base: string | null;
    min_rated: number;
    terms: readonly string[];
    lines: readonly ScoreLine[];
  };
  'assessment/sensitivity': {
    period: string;
    tabs: readonly Tab[];
    columns: readonly { label: string; base: string }[];
    rows: readonly { unit: string; cells: readonly { score: string; deduction: string; changed: boolean }[] }[];
  };
  'assessment/when': {
    form: FormState;
    action: string;
    months: readonly Option[];
    keep: Readonly<Record<string, string>>;
    schemes: readonly Chip[];
  };
  'assessment/unit': {
    unit: string;
    period: string;
    state: Tagged;
    months: readonly Option[];
    form: FormState;
    action: string;
    keep: { scheme: string };
    schemes: readonly Chip[];
    figures: readonly Kpi[];
    formula: {
      score: string;
      deduction: { gap: string; mode: 'full_point' | 'started_point' | 'proportional'; points: string; lost: string } | null;
    } | null;
    terms: readonly {
      name: string;
      meaning: string;
      value: string | null;
      sum: string | null;
      weight: string;
      lists: readonly { label: string; count: string; href: string }[];
    }[];
    not_counted: string;
    small: string | null;
    risks: readonly { kind: string; tone: Tone; number: string; title: string; due: Left | null }[];
    live: boolean;
    revisions: readonly { revision: number; at: string; reason: string }[];
  };
  'assessment/base': {
    period: string;
    bases: readonly {
      title: string;
      rows: readonly { unit: string; href: string | null; n: string; score: string; product: string }[];
      n: string;
      sum: string;
      base: string | null;
    }[];
  };
  'assessment/cases': {
    title: string;
    unit: string;
    period: string;
    chips: readonly Chip[];
    ratings: boolean;
    /** whether the list is of every unit */
    units: boolean;
    rows: readonly {
      number: string;
      title: string;
      href: string | null;
      unit: string;
      role: string;
      due: string;
      done: string;
      rated: string;
      why: readonly Tagged[];
      ask: { href: string; label: string } | null;
    }[];
    newer: string | undefined;
    older: string | undefined;
  };
  'assessment/requests': {
    title: string;
    intro: string;
    none: string;
    at: { label: string; clear: string } | null;
    rows: readonly RequestLine[];
    newer: string | undefined;
    older: string | undefined;
  };
  'assessment/schemes': {
    schemes: readonly {
      name: string;
      meaning: string;
      propose: string | null;
      versions: readonly {
        id: number;
        version: number;
        state: Tagged;
        valid_from: string;
        facts: readonly { term: string; text: string }[];
        reason: string;
        by: string;
        confirmed: string;
        may_confirm: boolean;
        may_drop: boolean;
      }[];
    }[];
  };
  'units/edit': {
    title: string;
    intro?: string | undefined;
    warning?: string | undefined;
    action: string;
    back: string;
    form: FormState;
    /** somebody else changed the thing while this was typed */
    stale: boolean;
    version?: string | undefined;
    /** fields that stand beside each other */
    rows: readonly (readonly EditField[])[];
    save_label?: string | undefined;
    /** another thing this form may be sent for */
    other?: { action: string; label: string } | undefined;
  };
  'supervision/cards': {
    tabs: readonly Tab[];
    rows: readonly { number: string; title: string; card: Mark; clock: string; unit: string; due: Left; issued: string }[];
    newer: string | undefined;
    older: string | undefined;
  };
  'supervision/orders': {
    tabs: readonly Tab[];
    rows: readonly {
      number: string;
      appeal: string;
      title: string;
      unit: string;
      reason: string;
      level: Mark;
      stage: Mark;
      due: Left | null;
      issued: string;
    }[];
    newer: string | undefined;
    older: string | undefined;
  };
  'supervision/order': {
    number: string;
    title: string;
    level: Mark;
    stage: Mark;
    due: Left | null;
    facts: Views['parts/facts']['facts'];
    receipts: readonly { label: string; at: string; who: string; text: string }[];
    forms: readonly SupervisionForm[];
  };
  'supervision/tracking': {
    may_edit: boolean;
    tabs: readonly Tab[];
    rows: readonly TrackedLine[];
    newer: string | undefined;
    older: string | undefined;
  };
  'supervision/meeting': {
    heading: string;
    before: string;
    after: string;
    rows: readonly (TrackedLine & {
      promised: readonly { unit: string; text: string; by: string; state: Mark }[];
      last: string;
    })[];
  };
  'supervision/tracked': {
    id: number;
    line: TrackedLine;
    facts: Views['parts/facts']['facts'];
    promises: readonly { id: number; unit: string; text: string; by: string; state: Mark; open: boolean }[];
    notes: readonly { day: string; text: string; who: string }[];
    forms: { promise: FormState; note: FormState; solve: FormState; chosen: readonly Option[] } | null;
  };
  'supervision/outstanding': {
    heads: { ages: readonly string[]; rungs: readonly string[] };
    units: readonly {
      unit: string;
      total: { n: number; href: string };
      ages: readonly { n: number; href: string; label: string }[];
      rungs: readonly { n: number; href: string; label: string }[];
    }[];
    narrowed: { text: string; ledger: string | null } | null;
    rows: readonly {
      number: string;
      title: string;
      unit: string;
      days: string;
      due: Left | null;
      status: string;
      rung: Mark;
    }[];
    newer: string | undefined;
    older: string | undefined;
  };
  'units/areas': { form: FormState; tabs: readonly Tab[]; root: UnitNode | null; demo: boolean; may_edit: boolean };
  'units/branch': { node: UnitNode; open: boolean };
  'units/departments': {
    form: FormState;
    tabs: readonly Tab[];
    groups: readonly { label: string; rows: readonly { unit: DepartmentRow; name: string }[] }[];
    total: number;
    may_edit: boolean;
    city_id: number | null;
  };
  'units/search': {
    form: FormState;
    rows: readonly { unit: UnitRow; name: string; path: string; state: ValidState }[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'units/filter': { form: FormState };
  'units/unit': {
    unit: UnitRow;
    name: string;
    path: readonly { href: string; name: string }[];
    state: ValidState;
    successor: { href: string; name: string } | null;
    children: readonly { unit: UnitRow; name: string }[];
    holders: readonly HolderRow[];
    more_holders: boolean;
    categories: readonly { code: string; name: string }[];
    open_orders: number;
    orders_href: string | null;
    counts: Counts;
    changes: readonly ToldChange[];
    may_edit: boolean;
    below: readonly { href: string; label: string }[];
    version: string;
  };

  'desks/register': {
    form: FormState;
    once: string;
    hotline: boolean;
    channels: readonly Option[];
    kinds: readonly Option[];
    priorities: readonly Option[];
    categories: readonly { label: string; options: readonly Option[] }[];
    lines: readonly Option[];
    file_accept: string;
    place: readonly Option[];
    choices: readonly Option[] | undefined;
    about: readonly Option[];
    help: Views['desks/assist'];
  };
  'desks/caller_fields': { form: FormState };
  'desks/assist': {
    asked: boolean;
    hotline: boolean;
    history: readonly { number: string; title: string; day: string; status: string; tone: Tone; category: string }[];
    suggested: readonly {
      value: string;
      label: string;
      name: string;
      percent: string;
      priority: Priority;
      priority_text: string;
      reasons: string;
    }[];
    similar: readonly { number: string; title: string; day: string; status: string; tone: Tone; why: string }[];
    place: string;
  };
  'desks/ledger': {
    form: FormState;
    count: number | string;
    /** filters that came with a figure's link */
    pinned: readonly { name: string; value: string; label: string; href: string }[];
    narrowed: boolean;
    options: Record<'status' | 'kind' | 'priority' | 'channel' | 'level' | 'category' | 'area', readonly Option[]>;
    unit: readonly Option[];
    rows: readonly LedgerLine[];
    query: string;
    saved: readonly { id: number; name: string; href: string }[];
    newer: string | undefined;
    older: string | undefined;
    exports: boolean;
    save: FormState;
    export: FormState;
  };
  'desks/exports': {
    rows: readonly { purpose: string; format: string; rows: number; started_at: Date; finished_at: Date | null }[];
    mine: readonly AskedExport[];
    open: readonly AskedExport[];
  };
  'desks/case': CaseLocals;
  'desks/print': { view: CaseLocals };
  'desks/preview': { view: CaseLocals };
  'desks/next': Pick<CaseLocals, 'whistle' | 'acts' | 'back' | 'waiting' | 'file_accept' | 'script' | 'related'>;
  'desks/act_field': { form: FormState; field: DrawnField; file_accept: string; related: CaseLocals['related'] };
  'desks/returns': Pick<CaseLocals, 'returns' | 'designates'>;
  'desks/caller': Pick<CaseLocals, 'number' | 'caller' | 'caller_hidden' | 'revealed' | 'reveal'>;
  'desks/related': Pick<CaseLocals, 'related' | 'repeat_of' | 'followers'>;
  'desks/clash': { clash: NonNullable<CaseLocals['clash']> };
  'desks/calls': Pick<CaseLocals, 'calls'>;
  'desks/queue': {
    desk: string;
    heading: string;
    lead: string;
    tabs: readonly Tab[];
    chips: readonly Chip[];
    filters: { tab: string; channel: string; town: string; category: string };
    towns: readonly Option[];
    categories: readonly Option[];
    rows: readonly QueueLine[];
    older: string | undefined;
    newer: string | undefined;
    case: CaseLocals | null;
    chosen: string | null;
    on_phone: boolean;
  };
  'desks/queue_list': { rows: readonly QueueLine[]; older: string | undefined; newer: string | undefined; chosen: string | null };

  'phone/layout': Around;
  'desks/wall_layout': Around;
  'desks/wall': { tiles: Views['desks/wall_tiles'] };
  'desks/wall_tiles': {
    as_of: string;
    figures: readonly { label: string; value: string; tone: 'warn' | 'late' | null }[];
    tiers: readonly { tier: string; label: string; value: number; text: string; most: number }[];
    next: readonly { number: string; unit: string; due: Left }[];
    /** `closed`: the desk has no shift now */
    duty: readonly { desk: string; names: readonly string[]; closed: boolean }[];
  };
  'phone/todo': {
    report: Views['phone/report_form'];
    messages: readonly { id: number; text: string; about: string; back: string }[];
    cards: readonly PhoneCard[];
    submitted: readonly PhoneCard[];
    reports: Views['phone/reports']['rows'];
  };
  'phone/card': { card: PhoneCard };
  'phone/case': { view: CaseLocals; here: string; before_field: string };
  'phone/report': { report: Views['phone/report_form'] };
  'phone/report_form': {
    form: FormState;
    once: string;
    person: number;
    buildings: readonly Option[];
    file_accept: string;
    max_files: number;
    max_mb: number;
    /** it waits behind the large buttons until something was shot or said */
    behind?: boolean | undefined;
  };
  'phone/suggested': { categories: readonly { value: string; label: string }[]; chosen: string };
  'phone/waiting': object;
  'phone/reports': {
    rows: readonly { href: string; number: string; title: string; day: string; status: Tagged; last: string }[];
    newer?: string | undefined;
    older?: string | undefined;
  };
  'phone/report_rows': { rows: Views['phone/reports']['rows'] };
  'phone/grid': {
    figures: readonly Kpi[];
    buildings: readonly BuildingRow[];
    branch: GridBranchRow | null;
    help_point: string | null;
    members: readonly GridMember[];
    neighbours: readonly { name: string; work_phone: string | null; grid: string }[];
    person_id: number;
    grid_id: number;
    /** how residents rated the member this month; never who */
    reviews: string;
  };
  'phone/person': { name: string; note: string; phone: string | null };
  'phone/me': {
    post: string;
    unit: string;
    others: Seat['others'];
    ways: readonly NavItem[];
    on_duty: boolean;
    language: FormState;
    languages: readonly Option[];
  };
  'phone/offline': object;

  'help/post': {
    name: string;
    own: boolean;
    sits_at: string;
    does: string;
    situations: readonly { title: string; text: string }[];
    /** without an address where the reader may not enter */
    desks: readonly { label: string; icon: string; href: string | undefined; first: boolean; tabs: string }[];
    acts: readonly {
      label: string;
      key: string | undefined;
      of: string;
      on: string;
      from: string;
      to: string;
      needs: string;
      takes: string;
      notes: string;
    }[];
    also: readonly string[];
    keys: readonly { keys: readonly string[]; label: string }[];
    /** acknowledge, contact and handle for each priority */
    graded: readonly { priority: string; limits: readonly string[] }[];
    limits: readonly { term: string; text: string }[];
    sees: readonly string[];
    not: readonly string[];
    posts: readonly { label: string; posts: readonly { href: string; label: string; current: boolean }[] }[];
  };
}

/** A line of a chart of bars that is its own table. */
export interface BarLine {
  readonly name: string;
  readonly href: string | null;
  readonly value: string;
  readonly share: string;
  /** per cent of the width */
  readonly from: number;
  readonly width: number;
  readonly low: boolean;
}
interface TrendChart {
  readonly label: string;
  readonly height: number;
  readonly columns: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly middle: number;
    readonly name: string;
    readonly tick: string;
    readonly value: string;
    readonly href: string;
    readonly current: boolean;
  }[];
}
/** A bulletin ready to be read: the same inside, outside and in Word. */
export interface BulletinDocument {
  readonly title: string;
  readonly note: string | null;
  readonly source: string | null;
  readonly paragraphs: readonly string[];
  readonly blocks: readonly { readonly title: string; readonly bars: readonly BarLine[] }[];
  readonly columns: readonly string[];
  readonly groups: readonly { readonly title: string; readonly rows: readonly (readonly string[])[] }[];
  readonly lists: readonly {
    readonly title: string;
    readonly red: readonly { readonly name: string; readonly score: string }[];
    readonly black: readonly { readonly name: string; readonly score: string }[];
  }[];
  readonly suppressed: boolean;
}
interface StoryText {
  readonly title: string;
  readonly problem: string;
  readonly handling: string;
  readonly lesson: string;
}
interface AskedExport {
  readonly id: number;
  readonly purpose: string;
  readonly person: string;
  readonly format: string;
  readonly rows: number;
  readonly requested_at: Date;
  readonly list: string;
  readonly state: Tagged;
  readonly take: boolean;
}
export interface Tab {
  readonly href: string;
  readonly label: string;
  readonly count?: number | string | undefined;
  readonly hot?: boolean | undefined;
  readonly current?: boolean | undefined;
}
export interface Chip {
  readonly href: string;
  readonly label: string;
  readonly icon_name?: string | undefined;
  readonly count?: number | string | undefined;
  readonly current?: boolean | undefined;
}
/** What was said at the first call and at the second, and in what it differs. */
export interface RecallSides {
  readonly first: { said: string; remark: string; by: string };
  readonly second: { said: string; remark: string; by: string } | null;
  readonly differs: readonly string[];
}
/** Something that looks wrong, in words, with the appeals that show it. */
export interface FindingLine {
  readonly id: number;
  readonly kind: string;
  readonly said: string;
  readonly unit: string;
  readonly week: string;
  readonly severity: { tone: Tone; text: string };
  readonly appeals: readonly { number: string; href: string }[];
  readonly state: { tone: Tone; text: string };
}
/** A member's month as a line of a list. */
export interface MemberScoreLine {
  readonly id: number;
  readonly name: string;
  readonly demo: boolean;
  readonly kind: string;
  readonly month: string;
  readonly grid: string;
  readonly days: number;
  readonly terms: readonly { label: string; points: string | null }[];
  readonly extra: string;
  readonly score: string;
  readonly state: string;
  readonly tone: Tone;
  readonly revision: string;
}
export interface Kpi {
  readonly label: string;
  readonly value: string | number;
  readonly href?: string | undefined;
  readonly note?: string | undefined;
  readonly trend?: 'up' | 'down' | undefined;
  readonly tone?: Tone | undefined;
}
export interface Picture {
  readonly href: string;
  /** Empty for what is no picture, or none yet. */
  readonly thumb: string;
  readonly alt: string;
  readonly caption?: string | undefined;
}
export interface TimelineEntry {
  readonly at: Date;
  readonly tone: Tone;
  /** unit or post and name */
  readonly who: string;
  /** what was done, as the words go on after the name */
  readonly act: string;
  readonly text?: string | undefined;
  readonly note?: string | undefined;
  /** how long it took against its limit */
  readonly took?: string | undefined;
  readonly tag?: { readonly tone: Tone; readonly text: string } | undefined;
  readonly pictures?: readonly Picture[] | undefined;
}

/** A limit of a category, with where it comes from. */
export interface LimitCell {
  readonly label: string;
  readonly text: string;
  readonly own: boolean;
  readonly source: string;
}
/** Whom dispatch would suggest, and why; null while nothing has been asked. */
export interface Explanation {
  readonly form: FormState;
  readonly chosen: readonly Option[];
  readonly choices?: readonly Option[] | undefined;
  readonly at: readonly Crumb[] | null;
  readonly suggestions:
    | readonly { href: string; name: string; role: 'lead' | 'co'; why: string; rule: Crumb | null; share: string | null }[]
    | null;
}
export interface CalendarMonth {
  readonly label: string;
  readonly weeks: readonly (readonly ({
    readonly day: string;
    readonly number: number;
    readonly mark: ReturnType<typeof dayMark>;
    readonly name: string;
    readonly today: boolean;
    readonly href: string | null;
  } | null)[])[];
}
export interface ToldParameter {
  readonly key: string;
  readonly name: string;
  readonly meaning: string;
  readonly value: string;
  readonly default_value: string;
  readonly changed: boolean;
  readonly counted: boolean;
  readonly by: string | null;
}
/** What stands on a plate. */
export interface Sign {
  readonly name: string;
  readonly grid: string;
  readonly in_building: boolean;
  readonly above: string;
  readonly above_phone: string | null;
  readonly member: string | null;
  readonly work_phone: string | null;
  readonly services: string;
  readonly hotline: string;
  readonly qr: QrPath;
}
/** An area of the public directory, as a line that leads to it. */
interface PublicAreaLine {
  readonly href: string;
  readonly name: string;
  readonly members: number;
}
interface DirectoryFrame {
  name: string;
  crumbs: readonly Crumb[];
  phones: readonly { name: string; phone: string }[];
  hotline: string;
}
/** What the lists of organizations, members and branches have in common. */
export interface PartyList {
  readonly view: 'organizations' | 'members' | 'branches';
  readonly form: FormState;
  readonly areas: Groups;
  readonly demo: boolean;
  readonly action: string;
  readonly filtered: boolean;
  readonly tabs: readonly Tab[];
}
/** The options of a select, in groups. */
export type Groups = readonly { readonly label: string; readonly options: readonly Option[] }[];
/** Whether a row with validity dates holds today. */
export type ValidState = 'valid' | 'ended' | 'coming';
/** What an edit of calendar or limits would move. */
export interface ToldMoves {
  readonly summary: readonly { readonly tone: Tone; readonly text: string }[];
  readonly late: number;
  readonly more: string | null;
  readonly rows: readonly {
    readonly number: string;
    readonly href: string | null;
    readonly unit: string;
    readonly clock: string;
    readonly before: string;
    readonly after: string;
    readonly change: string;
    readonly mark: { readonly tone: Tone; readonly text: string } | null;
  }[];
}
/** Changes of the dispatch catalogue that are decided together. */
export interface ToldRuleSet {
  readonly href: string;
  readonly name: string;
  readonly reason: string;
  readonly count: string;
  readonly valid_from: string | null;
  readonly proposed: string;
  readonly decided: string | null;
  readonly state: Tagged;
}
/** One version of a parameter. */
export interface ToldVersion {
  readonly href: string;
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
  readonly proposed: string;
  readonly decided: string | null;
  readonly state: { readonly tone: Tone; readonly text: string };
}
/** One line about an order's time. */
export interface TimeLine {
  readonly tone: Tone;
  readonly text: string;
  readonly icon_name?: string | undefined;
  readonly due?: Left | undefined;
}
/** A tag: tone, word, and an icon where the tone's own is not meant. */
export type Mark = Views['parts/status'];
/** An act on a supervision order with its form. */
export interface SupervisionForm {
  readonly act: string;
  readonly label: string;
  readonly hint: string;
  readonly form: FormState;
  readonly fields: readonly Omit<FieldLocals, 'form'>[];
  readonly once: string;
  readonly open: boolean;
}
/** A case on the ledger of key tracking. */
export interface TrackedLine {
  readonly id: number;
  readonly number: string;
  readonly title: string;
  readonly unit: string;
  readonly reason: string;
  readonly since: string;
  readonly days: string;
  readonly status: Mark;
  readonly promises: number;
  readonly broken: string;
  readonly next: string;
}
/** A field of units/edit, the form that the pages of the register and the catalogue share. */
export type EditField = Omit<FieldLocals, 'form'> | ({ kind: 'combobox' } & Omit<Views['parts/combobox'], 'form'>);
/** A unit of the tree with everything below it. */
export interface UnitNode {
  readonly id: number;
  readonly name: string;
  readonly kind: UnitKind;
  readonly venue_type: VenueType | null;
  readonly href: string;
  readonly demo: boolean;
  readonly counts: Counts;
  readonly children: readonly UnitNode[];
}

interface FieldLocals {
  form: FormState;
  name: string;
  label: string;
  kind?:
    | 'text'
    | 'tel'
    | 'number'
    | 'date'
    | 'datetime-local'
    | 'search'
    | 'password'
    | 'textarea'
    | 'select'
    | 'radios'
    | 'checks'
    | 'check'
    | undefined;
  hint?: string | undefined;
  required?: boolean | undefined;
  /** select, radios, checks */
  options?: readonly Option[] | undefined;
  /** options in groups (select only) */
  groups?: readonly { label: string; options: readonly Option[] }[] | undefined;
  /** the empty choice of a select; false for none */
  empty?: string | false | undefined;
  rows?: number | undefined;
  max?: number | string | undefined;
  min?: number | string | undefined;
  placeholder?: string | undefined;
  autocomplete?: string | undefined;
  inputmode?: 'text' | 'numeric' | 'tel' | 'search' | undefined;
  /** the label is read out but not shown */
  quiet?: boolean | undefined;
  /** radios and checks beside each other: for short words */
  inline?: boolean | undefined;
}

interface Tagged {
  readonly tone: Tone;
  readonly text: string;
}

/** A line of a desk's queue, worded. */
interface QueueLine {
  number: string;
  key: string;
  title: string;
  category: string;
  priority: Priority;
  priority_text: string;
  place: readonly string[];
  channel: string;
  received: string;
  unit: string;
  due: Left | null;
  status: Tagged;
  marks: readonly Tagged[];
  href: string;
  case_href: string;
}

/** A case, worded for one reader. */
/** What a unit objected, and how it was ruled. */
export interface ToldReturn {
  readonly unit: string;
  readonly state: Tagged;
  readonly facts: Views['parts/facts']['facts'];
  /** where a change of the catalogue begins with the ruling */
  readonly propose: string | null;
}
interface CaseLocals {
  number: string;
  title: string;
  content: string;
  tags: readonly Tagged[];
  priority: Priority;
  due: Left | null;
  path: CallPath;
  entries: readonly TimelineEntry[];
  rows: number;
  /** the first row of the trail that does not verify */
  version: number;
  broken: number | null;
  acts: readonly OfferedAct[];
  /** where the holder whistles for others */
  whistle: string | null;
  waiting: string;
  facts: Views['parts/facts']['facts'];
  answer: string | null;
  /** Ended and open to all of us: it may be told as a typical case by the reader. */
  tellable: boolean;
  returns: readonly ToldReturn[];
  /** the next lead may not return it */
  designates: boolean;
  orders: readonly {
    id: number;
    role: string;
    unit: string;
    tone: Tone;
    status: string;
    instruction: string;
    result: string;
    outcome: string;
    part: boolean;
    due: Left | null;
    spent: number;
    times: readonly TimeLine[];
  }[];
  caller: { name: string; phone: string } | null;
  caller_hidden: boolean;
  revealed: { name: string; phone: string } | null;
  reveal: { left: number; form: FormState } | null;
  related: readonly { number: string; title: string; why: string; status: string; tone: Tone; day: string }[];
  repeat_of: { number: string; title: string } | null;
  followers: readonly { number: string; title: string; level: string }[];
  pictures: readonly Picture[];
  calls: readonly { at: Date; outcome: string; note: string }[];
  provisional: boolean;
  /** whether to show what a callback says */
  script: string | null;
  clash: { title: string; text: string; typed: readonly { label: string; text: string }[] } | null;
  back: string | null;
  file_accept: string;
  demo: boolean;
}

/** A case on the phone's list. */
interface PhoneCard {
  number: string;
  title: string;
  href: string;
  category: string;
  place: string;
  priority: Priority;
  priority_text: string;
  status: Tagged;
  due: Left | null;
  /** the address of acknowledging, where that is what waits */
  acknowledge: string | null;
  once: string;
}

/** A line of the ledger, worded. */
interface LedgerLine {
  number: string;
  href: string;
  title: string;
  category: string;
  place: readonly string[];
  channel: string;
  unit: string;
  received: string;
  due: Left | null;
  late: boolean;
  status: Tagged;
  level: Tagged | null;
  priority: Priority;
  priority_text: string;
  confidential: boolean;
}

/** A unit's row in a table of scores, worded. */
export interface ScoreLine {
  readonly unit: string;
  readonly href: string | null;
  readonly rank: number | null;
  readonly n: string;
  readonly rated: string;
  readonly terms: readonly (string | null)[];
  readonly score: string | null;
  readonly satisfaction: string | null;
  readonly gap: string | null;
  readonly deduction: string | null;
  readonly mark: Tagged | null;
  /** per cent of the bar's length */
  readonly bar: { readonly width: number; readonly base: number | null; readonly low: boolean } | null;
  readonly whistle: string | null;
}

/** A request to leave an order out, or an objection, with who dealt with it. */
export interface RequestLine {
  readonly number: string;
  readonly unit: string;
  readonly period: string;
  readonly what: string;
  readonly said: string;
  readonly at: string;
  readonly by: string;
  readonly ruling: string | null;
  readonly decider: string | null;
  readonly confirmer: string | null;
  readonly verdict: Tagged;
  readonly acts: readonly { readonly href: string; readonly label: string }[];
}

interface Holding {
  readonly id: number;
  readonly post: string;
  readonly unit: string;
  readonly on_duty: boolean;
  readonly from: string;
  readonly to: string | null;
}
interface AuditFrame {
  tabs: readonly Tab[];
  filter: { form: FormState; action: string; acts: readonly Option[]; label: string };
}
interface AuditPage<Row> extends AuditFrame {
  rows: readonly Row[];
  newer: string | undefined;
  older: string | undefined;
}

/** Who has answered a whistle, and since when others have not. */
export interface RollCall {
  readonly there: string | null;
  readonly lines: readonly {
    readonly unit: string;
    readonly tag: { readonly tone: Tone; readonly text: string } | null;
    readonly times: readonly { readonly text: string; readonly late: string | null }[];
    readonly who: string | null;
    readonly refusal: string | null;
    readonly due: Left | null;
    readonly due_word: string;
  }[];
}

export interface WhistleField {
  readonly name: string;
  readonly label: string;
  readonly kind?: 'text' | 'textarea' | 'select' | 'date' | 'datetime-local' | 'check' | undefined;
  readonly required?: boolean | undefined;
  readonly hint?: string | undefined;
  readonly rows?: number | undefined;
  readonly min?: string | undefined;
  /** stands above the first field of a unit */
  readonly heading?: string | undefined;
  readonly options?: readonly Option[] | undefined;
}

export interface WhistleAct {
  readonly act: string;
  readonly label: string;
  readonly action: string;
  readonly grave: boolean;
  readonly open: boolean;
  readonly once: string;
  readonly hint: string | undefined;
  /** why it cannot be done yet */
  readonly why: string | undefined;
  readonly fields: readonly WhistleField[];
  readonly form: FormState;
  readonly buttons: readonly { label: string; name?: string; value?: string; icon?: string }[];
}

export interface WhistleLocals {
  id: number;
  number: string;
  title: string;
  demo: boolean;
  tags: readonly { tone: Tone; text: string }[];
  due: Left | null;
  /** where the draft is edited, for whoever may */
  edit: string | null;
  why: readonly { term: string; text: string }[];
  outcome: string | null;
  closing_reason: string | null;
  clash: Views['desks/clash']['clash'] | null;
  board: RollCall;
  issued: boolean;
  parts: readonly {
    title: string;
    unit: string;
    due: Left | null;
    day: string;
    report: string | null;
    tag: { tone: Tone; text: string };
  }[];
  consultations: readonly { at: string; place: string; outsiders: string | null; minutes: string; person: string }[];
  ratings: readonly {
    unit: string;
    marks: { timeliness: number; cooperation: number; result: number } | null;
    judged: string | null;
    own_duty: boolean;
    judgement: string | null;
  }[];
  facts: Views['parts/facts']['facts'];
  acts: readonly WhistleAct[];
  waiting: string;
  entries: readonly TimelineEntry[];
  rows: number;
  broken: number | null;
}
