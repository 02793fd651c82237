import type { Request, Response, Router } from 'express';
import type { z } from 'zod';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { previewMoves, saveMoves } from '../../orders/actions/recompute.ts';
import { may, readsAppeals } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import type { Shared, ToldVersion } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import type { FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { hrefOf, readFilter, submit } from '../../web/submit.ts';
import {
  confirmParameter,
  currentOf,
  isOwn,
  type ParameterValue,
  previewChange,
  proposeParameter,
  rejectParameter,
  withdrawParameter,
} from '../actions/parameters.ts';
import { rulebook } from '../actions.ts';
import { formOfParameter, historyFilter, parameterFields, parameterForm, resetForm, sayParameter } from '../forms.ts';
import {
  isParameter,
  type LimitEntry,
  limitFrom,
  limitKinds,
  type ParameterGroup,
  type ParameterKey,
  parameterDefaults,
  parameterKeys,
  parameterRules,
  priorities,
} from '../rules.ts';
import { listParameterPeople } from '../store/keeping.ts';
import { findVersion, listOpenChanges, listVersions, type ToldVersion as ToldVersionRow } from '../store/parameters.ts';
import { tellMoves } from './moves.ts';

const groups: readonly ParameterGroup[] = ['steps', 'whistles', 'callback', 'grids', 'safety', 'city', 'calendar'];

const page_rows = 50;
const toneOf = { open: 'warn', waiting: 'new', applied: 'go', rejected: 'done', withdrawn: 'done' } as const;

export function parameters({ db, clock }: World): Router {
  const door = makeDoor('');
  const doing = (res: Response) => ({ author: actorOf(res), now: res.locals.now ?? clock() });

  door.get('/parameters', 'parameter.read', async (_req, res) => {
    const { t, fmt } = sharedOf(res);
    const stored = new Map((await listParameterPeople(db)).map((row) => [row.key, row]));
    const tell = (key: ParameterKey) => {
      const row = stored.get(key);
      const value = sayParameter(key, currentOf(key, row).value, t);
      const by_default = sayParameter(key, parameterDefaults[key], t);
      return {
        key,
        ...t.catalog.parameters[key],
        value,
        default_value: by_default,
        changed: value !== by_default && parameterRules[key].kind !== 'counted',
        counted: parameterRules[key].kind === 'counted',
        by: row ? t.catalog.changed_by(row.person ?? t.domain.posts.system, fmt.full(row.updated_at)) : null,
      };
    };
    show(
      res,
      'catalog/parameters',
      { title: t.catalog.parameters_title, nav: 'parameters' },
      {
        pending: (await listOpenChanges(db)).map((row) => tellVersion(row, sharedOf(res))),
        matrix: priorities.map((priority) => ({
          label: t.domain.priorities[priority],
          cells: limitKinds.map((kind) => tell(`limit.${priority}.${kind}`)),
        })),
        groups: groups.map((group) => ({
          label: t.catalog.parameter_groups[group],
          rows: parameterKeys.filter((key) => parameterRules[key].group === group).map(tell),
        })),
        may_edit: may(actorOf(res), 'parameter.edit'),
      },
    );
  });

  door.get('/parameters/:key/edit', 'parameter.edit', async (req, res) => {
    const key = keyOf(req);
    const current = await currentNow(key);
    showForm(res, key, formOfParameter(key, current.value), false, current);
  });

  door.post('/parameters/:key/edit', 'parameter.edit', async (req, res) => {
    const key = keyOf(req);
    const form = parameterForm(key);
    if (!form) throw notFound();
    await propose(req, res, key, form, (typed) => {
      const { value, unit } = typed as { value: Exclude<ParameterValue, { unit: string }>; unit?: LimitEntry };
      return unit ? limitFrom(Number(value), unit) : value;
    });
  });

  door.post('/parameters/:key/reset', 'parameter.edit', async (req, res) => {
    await propose(req, res, keyOf(req), resetForm, () => null);
  });

  /** Lays a new version before whoever confirms it. */
  async function propose<F extends typeof resetForm>(
    req: Request<Record<string, string>>,
    res: Response,
    key: ParameterKey,
    form: F,
    read: (typed: object) => ParameterValue | null,
  ): Promise<void> {
    let made: number | null = null;
    const back = await submit(req, res, form, async (typed) => {
      const { version, reason, valid_from, late_too } = typed as z.output<typeof resetForm>;
      const proposal = { value: read(typed), reason, valid_from, late_too };
      made = await proposeParameter(db, doing(res), key, version ?? '', proposal);
    });
    if (back) {
      const current = await currentNow(key);
      const typed = { ...formOfParameter(key, current.value).typed, ...back.form.typed };
      return showForm(res, key, { ...back.form, typed }, back.stale, current);
    }
    flash(req, made === null ? 'units.nothing_changed' : 'catalog.change_proposed');
    res.redirect(303, made === null ? '/parameters' : `/parameters/changes/${made}`);
  }

  door.get('/parameters/history', 'parameter.read', async (req, res) => {
    const { t } = sharedOf(res);
    const { value: filter } = readFilter(req.query, historyFilter);
    const key = filter.key !== null && isParameter(filter.key) ? filter.key : null;
    const found = await listVersions(db, key, filter.before, page_rows + 1);
    const rows = found.slice(0, page_rows);
    show(
      res,
      'catalog/history',
      { title: t.catalog.history, nav: 'parameters', crumbs: [{ href: '/parameters', label: t.catalog.parameters_title }] },
      {
        rows: rows.map((row) => tellVersion(row, sharedOf(res))),
        all_href: key === null ? null : '/parameters/history',
        newer: filter.before === null ? undefined : hrefOf('/parameters/history', { key }),
        older: found.length > page_rows ? hrefOf('/parameters/history', { key, before: rows.at(-1)!.id }) : undefined,
      },
    );
  });

  door.get('/parameters/changes/:id', 'parameter.read', async (req, res) => {
    const shared = sharedOf(res);
    const { t, fmt } = shared;
    const change = await findVersion(db, idOf(req.params['id']));
    if (!change || !isParameter(change.key)) throw notFound();
    const actor = actorOf(res);
    const told = tellVersion(change, shared);
    const open = change.decision === null;
    const waits = open || (change.decision === 'confirmed' && change.applied_at === null);
    const moves = waits ? await previewChange(db, change, shared.now, previewMoves) : null;
    const from = change.valid_from ? fmt.full(change.valid_from) : t.catalog.at_confirmation;
    const fact = (term: string, text: string | null) => (text ? [{ term, text }] : []);
    show(
      res,
      'catalog/change',
      { title: t.catalog.change, nav: 'parameters', crumbs: [{ href: '/parameters', label: t.catalog.parameters_title }] },
      {
        id: change.id,
        name: told.name,
        state: told.state,
        facts: [
          ...fact(t.catalog.from_value, told.before),
          ...fact(t.catalog.to_value, told.after),
          ...fact(t.catalog.reason_of_change, change.reason),
          ...fact(t.catalog.in_force, change.applied_at ? fmt.full(change.applied_at) : from),
          ...fact(t.catalog.proposed, told.proposed),
          ...(change.decision ? fact(t.catalog.decided[change.decision], told.decided) : []),
          ...(change.late_too ? [{ term: t.catalog.moves.was_late, text: t.catalog.moves.late_meant }] : []),
        ],
        moves: moves && tellMoves(moves, await rulebook(db), shared, readsAppeals(actor)),
        may_decide: open && may(actor, 'parameter.confirm') && !isOwn(change, actor),
        may_withdraw: open && may(actor, 'parameter.edit') && change.proposed_by === actor.person_id,
        history: hrefOf('/parameters/history', { key: change.key }),
      },
    );
  });

  const decisions = {
    confirm: [
      'parameter.confirm',
      (res: Response, id: number) => confirmParameter(db, doing(res), id, saveMoves),
      'catalog.change_confirmed',
    ],
    reject: ['parameter.confirm', (res: Response, id: number) => rejectParameter(db, doing(res), id), 'catalog.change_rejected'],
    withdraw: [
      'parameter.edit',
      (res: Response, id: number) => withdrawParameter(db, doing(res), id),
      'catalog.change_withdrawn',
    ],
  } as const;
  for (const [name, [permission, decide, told]] of Object.entries(decisions)) {
    door.post(`/parameters/changes/:id/${name}`, permission, async (req, res) => {
      const id = idOf(req.params['id']);
      await decide(res, id);
      flash(req, told);
      res.redirect(303, `/parameters/changes/${id}`);
    });
  }

  function tellVersion(row: ToldVersionRow, { t, fmt }: Shared): ToldVersion {
    const key = row.key as ParameterKey;
    const state =
      row.decision === null ? 'open' : row.decision !== 'confirmed' ? row.decision : row.applied_at ? 'applied' : 'waiting';
    return {
      href: `/parameters/changes/${row.id}`,
      name: t.catalog.parameters[key].name,
      before: sayParameter(key, row.before, t),
      after: sayParameter(key, row.value ?? parameterDefaults[key], t),
      reason: row.reason,
      proposed: t.catalog.changed_by(row.proposer, fmt.full(row.proposed_at)),
      decided: row.decider && row.decided_at ? t.catalog.changed_by(row.decider, fmt.full(row.decided_at)) : null,
      state: { tone: toneOf[state], text: t.catalog.change_states[state] },
    };
  }

  function keyOf(req: Request<Record<string, string>>): ParameterKey {
    const key = req.params['key'] ?? '';
    if (!isParameter(key) || parameterRules[key].kind === 'counted') throw notFound();
    return key;
  }

  async function currentNow(key: ParameterKey): Promise<{ value: unknown }> {
    return currentOf(
      key,
      (await listParameterPeople(db)).find((row) => row.key === key),
    );
  }

  function showForm(res: Response, key: ParameterKey, form: FormState, stale: boolean, current: { value: unknown }): void {
    const { t } = sharedOf(res);
    const { name, meaning } = t.catalog.parameters[key];
    const by_default = sayParameter(key, parameterDefaults[key], t);
    show(
      res,
      'units/edit',
      {
        title: t.catalog.edit_parameter,
        nav: 'parameters',
        crumbs: [{ href: '/parameters', label: t.catalog.parameters_title }],
      },
      {
        title: name,
        form,
        stale,
        version: versionOf(current),
        action: `/parameters/${key}/edit`,
        back: '/parameters',
        intro: `${meaning} ${t.catalog.default_is(by_default)} ${t.catalog.propose_note}`,
        save_label: t.catalog.propose,
        rows: parameterFields(key, t),
        other:
          sayParameter(key, current.value, t) === by_default
            ? undefined
            : { action: `/parameters/${key}/reset`, label: t.catalog.reset },
      },
    );
  }

  return door.routes;
}
