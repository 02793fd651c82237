import type { Response, Router } from 'express';
import { notFound } from '../../core/errors.ts';
import type { World } from '../../core/world.ts';
import { actorOf, idOf, makeDoor } from '../../doors.ts';
import { mayEver } from '../../policy.ts';
import type { EditField } from '../../views.ts';
import { flash } from '../../web/flash.ts';
import { blankForm, type FormState } from '../../web/form.ts';
import { sharedOf, show } from '../../web/render.ts';
import { submit } from '../../web/submit.ts';
import type { Words } from '../../words/words.ts';
import { proposeScheme, settleScheme } from '../actions/schemes.ts';
import { schemeForms } from '../forms.ts';
import { nextPeriod, periodOf } from '../rules/periods.ts';
import { groupScopes, modes, type SchemeKey, schemeKeys, schemeKinds, termNames } from '../rules/score.ts';
import { listSchemesFor } from '../store/periods.ts';
import { listVersions, type SchemeLine } from '../store/requests.ts';

export function schemePages({ db }: World): Router {
  const door = makeDoor('');
  const doing = (res: Response) => ({ author: actorOf(res), now: sharedOf(res).now });

  door.get('/assessment/schemes', 'assessment.read', async (_req, res) => {
    const { t, fmt, now } = sharedOf(res);
    const versions = await listVersions(db);
    const in_force = new Set((await listSchemesFor(db, periodOf(now))).map(({ id }) => id));
    const actor = actorOf(res);
    show(
      res,
      'assessment/schemes',
      { title: t.menu.items.schemes, nav: 'schemes', crumbs: [{ href: '/assessment', label: t.assessment.title }] },
      {
        schemes: schemeKeys.map((key) => {
          const own = versions.filter((one) => one.key === key);
          const waiting = own.some((one) => one.version > 1 && one.confirmed_at === null && one.dropped_at === null);
          return {
            name: t.assessment.schemes[key],
            meaning: t.assessment.scheme_meanings[key],
            propose: mayEver(actor, 'assessment.edit') && !waiting ? `/assessment/schemes/${key}/new` : null,
            versions: own.map((one) => ({
              id: one.id,
              version: one.version,
              state: stateOf(one, in_force, t),
              valid_from: one.version === 1 ? t.assessment.from_the_start : fmt.month(one.valid_from),
              facts: factsOf(one, t),
              reason: one.reason,
              by: one.proposer ? `${one.proposer} ${fmt.day(one.proposed_at!)}` : t.domain.posts.system,
              confirmed: one.confirmer ? `${one.confirmer} ${fmt.day(one.confirmed_at!)}` : '',
              ...settles(one),
            })),
          };
        }),
      },
    );
    function settles(one: SchemeLine) {
      const open = one.version > 1 && one.confirmed_at === null && one.dropped_at === null;
      const own = one.proposed_by === actor.person_id;
      const confirms = open && mayEver(actor, 'assessment.confirm') && !own;
      return { may_confirm: confirms, may_drop: confirms || (open && own) };
    }
  });

  door.get('/assessment/schemes/:key/new', 'assessment.edit', async (req, res) => {
    const key = keyOf(req.params['key']);
    const [latest] = (await listVersions(db)).filter((one) => one.key === key && one.dropped_at === null);
    const { weight_first, weight_second, weight_third, basic_value, min_rated, mode, k, cap, group_scope } = latest!;
    const typed = { weight_first, weight_second, weight_third, basic_value, min_rated, mode, k, cap, group_scope };
    showForm(res, key, blankForm({ ...typed, valid_from: nextPeriod(periodOf(sharedOf(res).now)) }));
  });
  door.post('/assessment/schemes/:key/new', 'assessment.edit', async (req, res) => {
    const key = keyOf(req.params['key']);
    const rest = { basic_value: 100, mode: null, k: 0, cap: 0, group_scope: 'all' as const };
    const back = await submit(req, res, schemeForms[key], async ({ weight_first, weight_second, weight_third, ...value }) => {
      await proposeScheme(db, doing(res), key, { ...rest, ...value, weights: [weight_first, weight_second, weight_third] });
    });
    if (back) return showForm(res, key, back.form);
    flash(req, 'assessment.proposed');
    res.redirect(303, '/assessment/schemes');
  });
  door.post('/assessment/schemes/:id/confirm', 'assessment.confirm', async (req, res) => {
    await settleScheme(db, doing(res), idOf(req.params['id']), 'confirm');
    flash(req, 'assessment.decided');
    res.redirect(303, '/assessment/schemes');
  });
  // Whoever proposed it may take it back; the action asks.
  door.post('/assessment/schemes/:id/drop', 'assessment.read', async (req, res) => {
    await settleScheme(db, doing(res), idOf(req.params['id']), 'drop');
    flash(req, 'assessment.decided');
    res.redirect(303, '/assessment/schemes');
  });

  function keyOf(text: string | undefined): SchemeKey {
    const key = schemeKeys.find((one) => one === text);
    if (!key) throw notFound();
    return key;
  }

  function showForm(res: Response, key: SchemeKey, form: FormState): void {
    const { t } = sharedOf(res);
    const w = t.assessment;
    const weights: EditField[] = (['weight_first', 'weight_second', 'weight_third'] as const).map((name, i) => ({
      name,
      label: w.weight_of(w.terms[termNames[schemeKinds[key]][i]!]),
      required: true,
    }));
    const min_rated: EditField = {
      name: 'min_rated',
      label: w.min_rated,
      inputmode: 'numeric',
      required: true,
      hint: w.min_rated_hint,
    };
    const title = w.new_version(w.schemes[key]);
    const city: EditField[][] = [
      [{ name: 'basic_value', label: w.basic_value, required: true }, min_rated],
      [
        {
          name: 'mode',
          label: w.mode,
          kind: 'radios',
          required: true,
          options: modes.map((value) => ({ value, label: w.modes[value] })),
        },
      ],
      [
        { name: 'k', label: w.k, required: true },
        { name: 'cap', label: w.cap, required: true },
      ],
      [
        {
          name: 'group_scope',
          label: w.group_scope,
          kind: 'radios',
          inline: true,
          required: true,
          options: groupScopes.map((value) => ({ value, label: w.group_scopes[value] })),
        },
      ],
    ];
    show(
      res,
      'units/edit',
      { title, nav: 'schemes', crumbs: [{ href: '/assessment/schemes', label: t.menu.items.schemes }] },
      {
        title,
        form,
        stale: false,
        intro: w.propose_intro,
        action: `/assessment/schemes/${key}/new`,
        back: '/assessment/schemes',
        save_label: w.propose,
        rows: [
          weights,
          ...(key === 'city' ? city : [[min_rated]]),
          [{ name: 'valid_from', label: w.valid_from, placeholder: '2027-01', required: true, hint: w.valid_from_hint }],
          [{ name: 'reason', label: w.why_change, kind: 'textarea', rows: 3, required: true }],
        ],
      },
    );
  }

  return door.routes;
}

function stateOf(one: SchemeLine, in_force: ReadonlySet<number>, t: Words) {
  const w = t.assessment.version_states;
  if (one.dropped_at !== null) return { tone: 'done' as const, text: w.dropped };
  if (one.version > 1 && one.confirmed_at === null) return { tone: 'warn' as const, text: w.proposed };
  return in_force.has(one.id) ? { tone: 'go' as const, text: w.in_force } : { tone: 'done' as const, text: w.confirmed };
}

function factsOf(one: SchemeLine, t: Words) {
  const w = t.assessment;
  const weights = [one.weight_first, one.weight_second, one.weight_third];
  return [
    ...termNames[one.kind].map((name, i) => ({ term: w.weight_of(w.terms[name]), text: weights[i]! })),
    { term: w.min_rated, text: String(one.min_rated) },
    ...(one.mode === null
      ? []
      : [
          { term: w.basic_value, text: one.basic_value },
          { term: w.mode, text: w.modes[one.mode] },
          { term: w.k, text: one.k },
          { term: w.cap, text: one.cap },
          { term: w.group_scope, text: w.group_scopes[one.group_scope] },
        ]),
  ];
}
