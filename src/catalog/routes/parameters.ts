import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, makeDoor } from '../../doors.ts';
import { may } from '../../policy.ts';
import { versionOf } from '../../trail/actions/change.ts';
import { flash } from '../../web/flash.ts';
import { type FormState, optionalText } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { submit } from '../../web/submit.ts';
import { currentOf, editParameter, type ParameterValue } from '../actions/parameters.ts';
import { formOfParameter, parameterFields, parameterForm, sayParameter } from '../forms.ts';
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

const groups: readonly ParameterGroup[] = ['steps', 'callback', 'grids', 'safety', 'city', 'calendar'];

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
    let changed = false;
    const back = await submit(req, res, form, async (typed) => {
      const { version, value, unit } = typed as {
        version: string | null;
        value: Exclude<ParameterValue, { unit: string }>;
        unit?: LimitEntry;
      };
      changed = await editParameter(db, doing(res), key, version ?? '', unit ? limitFrom(Number(value), unit) : value);
    });
    if (back) return showForm(res, key, back.form, back.stale, await currentNow(key));
    flash(req, changed ? 'units.saved' : 'units.nothing_changed');
    res.redirect(303, '/parameters');
  });

  door.post('/parameters/:key/reset', 'parameter.edit', async (req, res) => {
    const key = keyOf(req);
    const back = await submit(req, res, z.object({ version: optionalText(64) }), async ({ version }) => {
      await editParameter(db, doing(res), key, version ?? '', null);
    });
    if (back) {
      const current = await currentNow(key);
      return showForm(res, key, { ...formOfParameter(key, current.value), errors: back.form.errors }, back.stale, current);
    }
    flash(req, 'units.saved');
    res.redirect(303, '/parameters');
  });

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
        intro: `${meaning} ${t.catalog.default_is(by_default)}`,
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
