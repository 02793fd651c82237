import type { Request, Response, Router } from 'express';
import { rulebook } from '../catalog/actions.ts';
import { dayOf } from '../core/clock.ts';
import { forbidden, notFound } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import { actorOf, idOf, makeDoor } from '../doors.ts';
import { may } from '../policy.ts';
import { versionOf } from '../trail/actions/change.ts';
import { tellChanges } from '../trail/forms.ts';
import { listChanges } from '../trail/store.ts';
import { isValidOn, unitName } from '../units/rules.ts';
import { listAreaGroups, pathName } from '../units/store/places.ts';
import { findUnit, listPath, type UnitRow } from '../units/store.ts';
import type { Groups } from '../views.ts';
import { flash } from '../web/flash.ts';
import { blankForm, type FormState } from '../web/form.ts';
import { sharedOf, show } from '../web/render.ts';
import { hrefOf, readFilter, submit } from '../web/submit.ts';
import { createOrganization, createPartyMember, editBranch, editOrganization, editPartyMember } from './actions.ts';
import {
  branchFields,
  branchForm,
  newOrganizationForm,
  newPartyMemberForm,
  organizationFields,
  organizationForm,
  partyFilter,
  partyMemberFields,
  partyMemberForm,
  partyViews,
} from './forms.ts';
import {
  countParty,
  findBranch,
  findOrganization,
  findPartyMember,
  listBranches,
  listOrganizations,
  listPartyMembers,
  type OrganizationFacts,
  type PartyMemberRow,
} from './store.ts';

const page_size = 50;
const hrefs = { organizations: '/party', members: '/party/members', branches: '/party/branches' } as const;
type PartyView = (typeof partyViews)[number];

/** Party organisations, their members and the grid branches: only for posts that look after them. */
export function party({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  /** What the three lists have in common. */
  async function listPage(req: Request, res: Response, view: PartyView) {
    const { t, lang, fmt } = sharedOf(res);
    const { value: filter, form } = readFilter(req.query, partyFilter);
    const area = filter.area_id === null ? undefined : await findUnit(db, filter.area_id);
    const under_path = area?.path ?? '/';
    const day = today(res);
    const [counts, areas, book] = await Promise.all([
      countParty(db, under_path, day),
      listAreaGroups(db, day, lang, area),
      rulebook(db),
    ]);
    const { q, area_id, organization_id, ended } = filter;
    const here = (to: object) => hrefOf(hrefs[view], { q, area_id, organization_id, ended, ...to });
    const numbers = { organizations: counts.organizations, members: counts.members, branches: counts.branches };
    return {
      filter,
      under_path,
      day,
      book,
      around: {
        view,
        form,
        areas,
        demo: counts.demo,
        action: hrefs[view],
        filtered: Boolean(q || area_id || organization_id || ended),
        tabs: partyViews.map((one) => ({
          href: hrefOf(hrefs[one], { area_id }),
          label: t.party.views[one],
          count: fmt.number(numbers[one]),
          current: one === view,
        })),
      },
      turns: (found: { newer: string | null; older: string | null }) => ({
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      }),
      counts,
    };
  }

  door.get('/party', 'party.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const { filter, under_path, day, around, turns } = await listPage(req, res, 'organizations');
    const found = await listOrganizations(db, filter, under_path, day, filter, page_size);
    show(
      res,
      'party/organizations',
      { title: t.party.title, nav: 'party' },
      {
        around,
        rows: found.rows.map((organization) => ({
          organization,
          community: lang === 'zh' ? organization.community_zh : organization.community_en,
        })),
        may_add: may(actorOf(res), 'party.edit', { unit_path: actorOf(res).unit_path }),
        ...turns(found),
      },
    );
  });

  door.get('/party/members', 'party.read', async (req, res) => {
    const { t } = sharedOf(res);
    const { filter, under_path, day, around, turns } = await listPage(req, res, 'members');
    const found = await listPartyMembers(db, filter, under_path, day, filter, page_size);
    show(res, 'party/members', { title: t.party.views.members, nav: 'party' }, { around, rows: found.rows, ...turns(found) });
  });

  door.get('/party/branches', 'party.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { filter, under_path, day, around, turns, book, counts } = await listPage(req, res, 'branches');
    const found = await listBranches(db, filter.q, under_path, day, filter, page_size);
    const actor = actorOf(res);
    show(
      res,
      'party/branches',
      { title: t.party.views.branches, nav: 'party' },
      {
        around,
        covered: `${fmt.number(counts.branches)} / ${fmt.number(counts.base_grids)}`,
        rows: found.rows.map((row) => ({
          row,
          grid: lang === 'zh' ? row.grid_zh : row.grid_en,
          path: pathName(row.grid_path, book.units, lang),
          may_edit: may(actor, 'party.edit', { unit_path: row.grid_path }),
        })),
        ...turns(found),
      },
    );
  });

  door.get('/party/new', 'party.edit', async (_req, res) => {
    await showOrganizationForm(res, null, blankForm({ valid_from: today(res) }), false);
  });

  door.post('/party/new', 'party.edit', async (req, res) => {
    let id = 0;
    const back = await submit(req, res, newOrganizationForm, async ({ version: _, secretary, ...value }) => {
      id = await createOrganization(db, doing(res), { ...value, secretary: secretary ?? '' });
    });
    if (back) return showOrganizationForm(res, null, back.form, false);
    flash(req, 'party.made', [String(req.body.name)]);
    res.redirect(303, `/party/${id}`);
  });

  door.get('/party/branches/:id/edit', 'party.edit', async (req, res) => {
    const grid = await getOwnGrid(req, res);
    const branch = await findBranch(db, grid.id);
    const form = blankForm({ kind: branch?.kind ?? 'branch', name: branch?.name, secretary: branch?.secretary });
    showBranchForm(res, grid, form, false, versionOf(branch ?? {}));
  });

  door.post('/party/branches/:id/edit', 'party.edit', async (req, res) => {
    const grid = await getOwnGrid(req, res);
    let changed = false;
    const back = await submit(req, res, branchForm, async ({ version, secretary, ...value }) => {
      changed = await editBranch(db, doing(res), grid.id, version ?? '', { ...value, secretary: secretary ?? '' });
    });
    if (back) return showBranchForm(res, grid, back.form, back.stale, versionOf((await findBranch(db, grid.id)) ?? {}));
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, `/grids/${grid.id}`);
  });

  door.get('/party/members/:id/edit', 'party.edit', async (req, res) => {
    const { member, organization } = await getOwnMember(req, res);
    const { name, joined_on, valid_from, valid_to } = member;
    showMemberForm(res, organization, member, blankForm({ name, joined_on, valid_from, valid_to }), false);
  });

  door.post('/party/members/:id/edit', 'party.edit', async (req, res) => {
    const { member, organization } = await getOwnMember(req, res);
    let changed = false;
    const back = await submit(req, res, partyMemberForm, async ({ version, ...value }) => {
      changed = await editPartyMember(db, doing(res), member.id, version ?? '', value);
    });
    if (back) return showMemberForm(res, organization, (await getOwnMember(req, res)).member, back.form, back.stale);
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, `/party/${organization.id}`);
  });

  door.get('/party/:id', 'party.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const organization = await getOrganization(req, res);
    const { value: filter, form } = readFilter(req.query, partyFilter);
    const { id } = organization;
    const [found, path, changes, book] = await Promise.all([
      listPartyMembers(db, { ...filter, organization_id: id }, '/', today(res), filter, page_size),
      listPath(db, organization.path),
      listChanges(db, `organization:${id}`),
      rulebook(db),
    ]);
    const here = (to: object) => hrefOf(`/party/${id}`, { q: filter.q, ended: filter.ended, ...to });
    show(
      res,
      'party/organization',
      { title: organization.name, nav: 'party', crumbs: [{ href: '/party', label: t.party.views.organizations }] },
      {
        organization,
        form,
        path: path.map((one) => ({ href: `/units/${one.id}`, label: unitName(one, lang) })),
        ended: !isValidOn(organization, today(res)),
        rows: found.rows,
        changes: tellChanges(changes, t, lang, book.units),
        may_edit: may(actorOf(res), 'party.edit', { unit_path: organization.path }),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  });

  door.get('/party/:id/edit', 'party.edit', async (req, res) => {
    const organization = await getOwnOrganization(req, res);
    const { code, name, community_id, secretary, valid_from, valid_to } = organization;
    await showOrganizationForm(
      res,
      organization,
      blankForm({ code, name, community_id, secretary, valid_from, valid_to }),
      false,
    );
  });

  door.post('/party/:id/edit', 'party.edit', async (req, res) => {
    const { id } = await getOwnOrganization(req, res);
    let changed = false;
    const back = await submit(req, res, organizationForm, async ({ version, secretary, ...value }) => {
      changed = await editOrganization(db, doing(res), id, version ?? '', { ...value, secretary: secretary ?? '' });
    });
    if (back) return showOrganizationForm(res, await getOrganization(req, res), back.form, back.stale);
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, `/party/${id}`);
  });

  door.get('/party/:id/members/new', 'party.edit', async (req, res) => {
    const organization = await getOwnOrganization(req, res);
    showMemberForm(res, organization, null, blankForm({ valid_from: today(res) }), false);
  });

  door.post('/party/:id/members/new', 'party.edit', async (req, res) => {
    const organization = await getOwnOrganization(req, res);
    const back = await submit(req, res, newPartyMemberForm, async ({ version: _, ...value }) => {
      await createPartyMember(db, doing(res), organization.id, value);
    });
    if (back) return showMemberForm(res, organization, null, back.form, false);
    flash(req, 'party.made', [String(req.body.name)]);
    res.redirect(303, `/party/${organization.id}`);
  });

  async function getOrganization(req: Request<Record<string, string>>, res: Response): Promise<OrganizationFacts> {
    const organization = await findOrganization(db, idOf(req.params['id']), today(res));
    if (!organization) throw notFound();
    return organization;
  }
  async function getOwnOrganization(req: Request<Record<string, string>>, res: Response): Promise<OrganizationFacts> {
    const organization = await getOrganization(req, res);
    if (!may(actorOf(res), 'party.edit', { unit_path: organization.path })) throw forbidden();
    return organization;
  }
  async function getOwnMember(
    req: Request<Record<string, string>>,
    res: Response,
  ): Promise<{ member: PartyMemberRow; organization: OrganizationFacts }> {
    const member = await findPartyMember(db, idOf(req.params['id']));
    const organization = member && (await findOrganization(db, member.organization_id, today(res)));
    if (!member || !organization) throw notFound();
    if (!may(actorOf(res), 'party.edit', { unit_path: organization.path })) throw forbidden();
    return { member, organization };
  }
  async function getOwnGrid(req: Request<Record<string, string>>, res: Response): Promise<UnitRow> {
    const grid = await findUnit(db, idOf(req.params['id']));
    if (grid?.unit_group !== 'base') throw notFound();
    if (!may(actorOf(res), 'party.edit', { unit_path: grid.path })) throw forbidden();
    return grid;
  }

  /** The communities the actor keeps, without the towns they stand in. */
  async function communitiesOf(res: Response): Promise<Groups> {
    const { lang } = sharedOf(res);
    const book = await rulebook(db);
    const { unit_path } = actorOf(res);
    const groups = await listAreaGroups(db, today(res), lang);
    const isOwn = (id: number) => {
      const unit = book.units.get(id);
      return unit?.kind === 'community' && unit.path.startsWith(unit_path);
    };
    return groups
      .map(({ label, options }) => ({ label, options: options.filter(({ value }) => isOwn(value)) }))
      .filter(({ options }) => options.length > 0);
  }

  async function showOrganizationForm(
    res: Response,
    organization: OrganizationFacts | null,
    form: FormState,
    stale: boolean,
  ): Promise<void> {
    const { t } = sharedOf(res);
    const title = organization ? t.party.edit_organization : t.party.new_organization;
    const back = organization ? `/party/${organization.id}` : '/party';
    const rows = organizationFields(await communitiesOf(res), !organization, t);
    show(
      res,
      'units/edit',
      { title, nav: 'party', crumbs: [{ href: back, label: organization?.name ?? t.party.views.organizations }] },
      {
        title,
        form,
        stale,
        version: organization ? versionOfOrganization(organization) : undefined,
        action: organization ? `${back}/edit` : '/party/new',
        back,
        rows,
      },
    );
  }

  function showMemberForm(
    res: Response,
    organization: OrganizationFacts,
    member: PartyMemberRow | null,
    form: FormState,
    stale: boolean,
  ): void {
    const { t } = sharedOf(res);
    const title = member ? t.party.edit_member : t.party.new_member;
    const back = `/party/${organization.id}`;
    show(
      res,
      'units/edit',
      { title, nav: 'party', crumbs: [{ href: back, label: organization.name }] },
      {
        title,
        form,
        stale,
        version: member ? versionOf(member) : undefined,
        action: member ? `/party/members/${member.id}/edit` : `${back}/members/new`,
        back,
        intro: t.party.sensitive,
        rows: partyMemberFields(!member, t),
      },
    );
  }

  function showBranchForm(res: Response, grid: UnitRow, form: FormState, stale: boolean, version: string): void {
    const { t, lang } = sharedOf(res);
    const title = `${t.party.edit_branch} · ${unitName(grid, lang)}`;
    show(
      res,
      'units/edit',
      { title, nav: 'party', crumbs: [{ href: '/party/branches', label: t.party.views.branches }] },
      { title, form, stale, version, action: `/party/branches/${grid.id}/edit`, back: '/party/branches', rows: branchFields(t) },
    );
  }

  return door.routes;
}

function versionOfOrganization({
  path: _,
  community_zh: _zh,
  community_en: _en,
  members: _n,
  ...row
}: OrganizationFacts): string {
  return versionOf(row);
}
