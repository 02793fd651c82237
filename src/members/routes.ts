import type { Request, Response, Router } from 'express';
import { rulebook } from '../catalog/actions.ts';
import { dayOf } from '../core/clock.ts';
import { forbidden, notFound } from '../core/errors.ts';
import type { World } from '../core/world.ts';
import { actorOf, idOf, makeDoor } from '../doors.ts';
import { listGridBuildings } from '../grids/store/buildings.ts';
import { may } from '../policy.ts';
import { versionOf } from '../trail/actions/change.ts';
import { tellChanges } from '../trail/forms.ts';
import { listChanges } from '../trail/store.ts';
import { isValidOn, unitName } from '../units/rules.ts';
import { listAreaGroups, listGridGroups, pathName } from '../units/store/places.ts';
import { findUnit, listPath } from '../units/store.ts';
import { flash } from '../web/flash.ts';
import { blankForm, type FormState } from '../web/form.ts';
import { sharedOf, show } from '../web/render.ts';
import { hrefOf, readFilter, submit } from '../web/submit.ts';
import { createMember, editMember } from './actions.ts';
import { formOfMember, memberFields, memberFilter, memberForm, newMemberForm } from './forms.ts';
import { countMembers, findMember, listMembers, type MemberFacts } from './store.ts';

const page_size = 50;
const grid_kinds = ['base', 'exclusive'];

/** Linked members: seen by everybody who works, kept by the community and town they serve. */
export function members({ db, clock }: World): Router {
  const door = makeDoor('');
  const today = (res: Response) => dayOf(res.locals.now ?? clock());
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/members', 'member.read', async (req, res) => {
    const { t, lang, fmt } = sharedOf(res);
    const { value: filter, form } = readFilter(req.query, memberFilter);
    const area = filter.area_id === null ? undefined : await findUnit(db, filter.area_id);
    const under_path = area?.path ?? '/';
    const day = today(res);
    const [found, counts, areas, book] = await Promise.all([
      listMembers(db, filter, under_path, day, filter, page_size),
      countMembers(db, under_path, day),
      listAreaGroups(db, day, lang, area),
      rulebook(db),
    ]);
    const { q, area_id, kind, ended } = filter;
    const here = (to: object) => hrefOf('/members', { q, area_id, kind, ended, ...to });
    show(
      res,
      'members/members',
      { title: t.members.title, nav: 'members' },
      {
        form,
        areas,
        demo: counts.demo,
        filtered: Boolean(q || area_id || kind || ended),
        figures: [
          {
            label: t.members.title,
            value: fmt.number(counts.fulltime + counts.assistants),
            href: hrefOf('/members', { area_id }),
          },
          {
            label: t.members.kinds.fulltime,
            value: fmt.number(counts.fulltime),
            href: hrefOf('/members', { area_id, kind: 'fulltime' }),
          },
          {
            label: t.members.kinds.assistant,
            value: fmt.number(counts.assistants),
            href: hrefOf('/members', { area_id, kind: 'assistant' }),
          },
          {
            label: t.members.gaps,
            value: fmt.number(counts.gaps),
            href: hrefOf('/grids', { area_id, check: 'no_fulltime' }),
            note: counts.gaps === 0 ? t.members.no_gaps : t.members.gaps_note,
            tone: counts.gaps === 0 ? ('go' as const) : ('warn' as const),
          },
        ],
        rows: found.rows.map((member) => ({
          member,
          grid: lang === 'zh' ? member.grid_zh : member.grid_en,
          path: pathName(member.grid_path, book.units, lang),
        })),
        may_add: may(actorOf(res), 'member.edit', { unit_path: actorOf(res).unit_path }),
        newer: found.newer ? here({ before: found.newer }) : undefined,
        older: found.older ? here({ after: found.older }) : undefined,
      },
    );
  });

  door.get('/members/new', 'member.edit', async (req, res) => {
    const grid_id = typeof req.query['grid_id'] === 'string' ? req.query['grid_id'] : '';
    await showNew(res, blankForm({ grid_id, kind: 'assistant', valid_from: today(res) }));
  });

  door.post('/members/new', 'member.edit', async (req, res) => {
    let id = 0;
    const back = await submit(req, res, newMemberForm, async ({ version: _, services, ...value }) => {
      id = await createMember(db, doing(res), { ...value, services: services ?? '' });
    });
    if (back) return showNew(res, back.form);
    flash(req, 'members.made', [String(req.body.name)]);
    res.redirect(303, `/members/${id}`);
  });

  door.get('/members/:id', 'member.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const member = await getMember(req);
    const [path, buildings, changes, book] = await Promise.all([
      listPath(db, member.grid_path),
      listGridBuildings(db, member.grid_id, today(res)),
      listChanges(db, `member:${member.person_id}`),
      rulebook(db),
    ]);
    show(
      res,
      'members/member',
      { title: member.name, nav: 'members', crumbs: [{ href: '/members', label: t.members.title }] },
      {
        member,
        path: path.map((one) => ({
          href: one.kind === 'grid' ? `/grids/${one.id}` : `/units/${one.id}`,
          label: unitName(one, lang),
        })),
        ended: !isValidOn(member, today(res)),
        buildings,
        changes: tellChanges(changes, t, lang, book.units),
        may_edit: may(actorOf(res), 'member.edit', { unit_path: member.grid_path }),
      },
    );
  });

  door.get('/members/:id/edit', 'member.edit', async (req, res) => {
    const member = await getOwnMember(req, res);
    await showEdit(res, member, formOfMember(member), false);
  });

  door.post('/members/:id/edit', 'member.edit', async (req, res) => {
    const member = await getOwnMember(req, res);
    let changed = false;
    const back = await submit(req, res, memberForm, async ({ version, services, ...value }) => {
      changed = await editMember(db, doing(res), member.person_id, version ?? '', { ...value, services: services ?? '' });
    });
    if (back) return showEdit(res, await getMember(req), back.form, back.stale);
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, `/members/${member.person_id}`);
  });

  async function getMember(req: Request<Record<string, string>>): Promise<MemberFacts> {
    const member = await findMember(db, idOf(req.params['id']));
    if (!member) throw notFound();
    return member;
  }

  async function getOwnMember(req: Request<Record<string, string>>, res: Response): Promise<MemberFacts> {
    const member = await getMember(req);
    if (!may(actorOf(res), 'member.edit', { unit_path: member.grid_path })) throw forbidden();
    return member;
  }

  async function showNew(res: Response, form: FormState): Promise<void> {
    const { t, lang } = sharedOf(res);
    const grids = await listGridGroups(db, today(res), lang, actorOf(res).unit_path, grid_kinds);
    const title = t.members.new_member;
    show(
      res,
      'units/edit',
      { title, nav: 'members', crumbs: [{ label: t.members.title, href: '/members' }] },
      {
        title,
        form,
        stale: false,
        action: '/members/new',
        back: '/members',
        intro: t.members.new_intro,
        rows: memberFields(grids, true, t),
      },
    );
  }

  async function showEdit(res: Response, member: MemberFacts, form: FormState, stale: boolean): Promise<void> {
    const { t, lang } = sharedOf(res);
    const grids = await listGridGroups(db, today(res), lang, actorOf(res).unit_path, grid_kinds);
    const back = `/members/${member.person_id}`;
    const { person_id, grid_id, kind, batch, services, valid_from, valid_to, work_phone } = member;
    show(
      res,
      'units/edit',
      { title: t.members.edit_member, nav: 'members', crumbs: [{ label: member.name, href: back }] },
      {
        title: `${t.members.edit_member} · ${member.name}`,
        form,
        stale,
        version: versionOf({ person_id, grid_id, kind, batch, services, valid_from, valid_to, work_phone }),
        action: `${back}/edit`,
        back,
        rows: memberFields(grids, false, t),
      },
    );
  }

  return door.routes;
}
