import type { Format, Left } from './web/format.ts';
import type { FormState } from './web/form.ts';
import type { ErrorCode, Lang, Words } from './words/words.ts';

/** The five tones of a status: waiting to begin, under way, needs attention, overdue or dangerous, over. */
export type Tone = 'new' | 'go' | 'warn' | 'late' | 'done';

/** Whoever is signed in, as far as a template may know. */
export interface Me { readonly name: string }

/** In which post the person sits, and into which others he may move. */
export interface Seat {
  readonly unit: string;
  readonly post: string;
  readonly others: readonly { readonly id: string | number; readonly label: string }[];
}

export interface NavItem {
  readonly key: string;
  readonly href: string;
  readonly label: string;
  readonly icon: string;
  readonly count?: number | string | undefined;
  /** the count is overdue or dangerous work */
  readonly hot?: boolean | undefined;
}
export interface NavGroup { readonly label: string; readonly items: readonly NavItem[] }

/** A live figure of the topbar; with `href` it opens the list it counts. */
export interface Figure { readonly label: string; readonly value: string | number; readonly href?: string | undefined; readonly hot?: boolean | undefined }

export interface Crumb { readonly label: string; readonly href: string }

/** What a page tells its layout. */
export interface Page {
  readonly title: string;
  /** key of the menu entry that is open */
  readonly nav?: string | undefined;
  readonly layout?: 'layout' | 'public' | undefined;
  readonly crumbs?: readonly Crumb[] | undefined;
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
  Object.keys({ t: 0, lang: 0, me: 0, now: 0, icon: 0, fmt: 0, asset: 0, explain: 0, nonce: 0 } satisfies Record<SharedName, 0>) as SharedName[],
);

interface Around {
  page: Page;
  body: string;
  nav: readonly NavGroup[];
  figures: readonly Figure[];
  seat: Seat | null;
  unread: number;
  flashes: readonly { text: string; tone: Tone }[];
  demo: boolean;
  elder: boolean;
  here: string;
  other_language: string;
}

export interface Option { readonly value: string | number; readonly label: string; readonly note?: string | undefined; readonly disabled?: boolean | undefined }

/** What each template needs, by its path under views/. The type check holds the templates to it. */
export interface Views {
  'layout': Around;
  'public': Around;

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

  'parts/frame': { title: string; body: string };
  'parts/field': FieldLocals;
  'parts/errors': { form: FormState; labels: Readonly<Record<string, string>> };
  'parts/status': { tone: Tone; text: string; icon_name?: string | undefined };
  'parts/due': { due: Left; by?: boolean | undefined };
  'parts/figures': { figures: readonly Figure[] };
  'parts/notice': { tone: Tone; text: string; title?: string | undefined; href?: string | undefined; label?: string | undefined };
}

interface FieldLocals {
  form: FormState;
  name: string;
  label: string;
  kind?: 'text' | 'tel' | 'number' | 'date' | 'datetime-local' | 'search' | 'password' | 'textarea' | 'select' | 'radios' | 'checks' | 'check' | undefined;
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
}
