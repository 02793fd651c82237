import type { Request, Response, Router } from 'express';
import { dayOf } from '../core/clock.ts';
import { notFound, wrongFields } from '../core/errors.ts';
import { token } from '../core/hash.ts';
import { open, seal } from '../core/seal.ts';
import type { World } from '../core/world.ts';
import { actorOf, idOf, makeDoor } from '../doors.ts';
import { posts } from '../people/rules.ts';
import { may } from '../policy.ts';
import { versionOf } from '../trail/actions/change.ts';
import { tellChanges } from '../trail/forms.ts';
import { listChanges } from '../trail/store.ts';
import { isValidOn, unitName } from '../units/rules.ts';
import { pickUnit } from '../units/store/places.ts';
import { getCity, listUnitNames } from '../units/store.ts';
import type { Option } from '../views.ts';
import { flash } from '../web/flash.ts';
import { blankForm, type FormState, readForm } from '../web/form.ts';
import { sharedOf, show } from '../web/render.ts';
import { hrefOf, readFilter, submit } from '../web/submit.ts';
import { words } from '../words/words.ts';
import { createAccount, editPerson, endPost, grantPost, type HandedOut, resetPassword, setDisabled } from './actions.ts';
import { accountFilter, grantForm, newAccountForm, onceForm, personForm } from './forms.ts';
import { dutyRoutes } from './routes/duty.ts';
import { chosenUnit, outcomeTones, postOptions, tagsOf } from './routes/labels.ts';
import { accountStates, keptByHimself } from './rules.ts';
import {
  type AccountFile,
  countSessions,
  findAccountFile,
  findPersonWithoutAccount,
  listHeld,
  listSignInsOf,
  searchAccounts,
} from './store.ts';

declare module 'express-session' {
  interface SessionData {
    /** A password just made, sealed, until its page was seen once. */
    handed_out?: { person_id: number; sealed: string };
  }
}

const page_size = 50;
const most_sign_ins = 10;

/** Accounts by the system administrator, posts by the security administrator, duty by each unit. */
export function accounts({ db, clock, config }: World): Router {
  const door = makeDoor('');
  const now = (res: Response) => res.locals.now ?? clock();
  const doing = (res: Response) => ({ author: actorOf(res), now: now(res) });

  door.get('/accounts', 'account.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const { value: filter, form } = readFilter(req.query, accountFilter);
    const found = await searchAccounts(db, filter, dayOf(now(res)), filter, page_size);
    const turn = (to: object) => hrefOf('/accounts', { q: filter.q, post: filter.post, state: filter.state, ...to });
    show(
      res,
      'accounts/list',
      { title: t.accounts.title, nav: 'accounts' },
      {
        form,
        posts: postOptions(res),
        states: accountStates.map((value) => ({ value, label: t.accounts.states[value] })),
        rows: found.rows.map((row) => ({
          ...row,
          tags: tagsOf(row, row.posts.length, res),
          posts: row.posts.map((held) => `${unitName(held, lang)} · ${t.domain.posts[held.post]}`),
        })),
        newer: found.newer ? turn({ before: found.newer }) : undefined,
        older: found.older ? turn({ after: found.older }) : undefined,
        may_edit: may(actorOf(res), 'account.edit'),
      },
    );
  });

  door.get('/accounts/new', 'account.edit', async (req, res) => {
    const person_id = typeof req.query['person_id'] === 'string' ? idOf(req.query['person_id']) : null;
    const person = person_id === null ? undefined : await findPersonWithoutAccount(db, person_id);
    if (person_id !== null && !person) throw notFound();
    showNew(res, blankForm({ once: token(), person_id, name: person?.name, work_phone: person?.work_phone }));
  });

  door.post('/accounts', 'account.edit', async (req, res) => {
    let made: HandedOut | undefined;
    const back = await submit(req, res, newAccountForm, async (value) => {
      made = await createAccount(db, doing(res), value);
    });
    if (back) return showNew(res, back.form);
    handOut(req, res, made!);
  });

  door.get('/accounts/:id', 'account.read', async (req, res) => showAccount(req, res, await getAccount(req)));

  door.post('/accounts/:id', 'account.edit', async (req, res) => {
    const account = await getAccount(req);
    let changed = false;
    const back = await submit(req, res, personForm, async ({ version, ...value }) => {
      changed = await editPerson(db, doing(res), account.person_id, version ?? '', value);
    });
    if (back) return showAccount(req, res, account, { edit: { ...back.form, id: 'edit' }, stale: back.stale });
    flash(req, changed ? 'accounts.saved' : 'accounts.nothing_changed');
    res.redirect(303, `/accounts/${account.person_id}`);
  });

  door.post('/accounts/:id/password', 'account.edit', async (req, res) => {
    const account = await getAccount(req);
    const read = readForm(req.body, onceForm);
    if (!read.ok) throw notFound();
    handOut(req, res, await resetPassword(db, doing(res), account.person_id, read.value.once));
  });

  for (const [way, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const) {
    door.post(`/accounts/:id/${way}`, 'account.edit', async (req, res) => {
      const account = await getAccount(req);
      await setDisabled(db, doing(res), account.person_id, disabled);
      flash(req, disabled ? 'accounts.disabled_done' : 'accounts.enabled_done', [account.name]);
      res.redirect(303, `/accounts/${account.person_id}`);
    });
  }

  door.post('/accounts/:id/posts', 'post.edit', async (req, res) => {
    const account = await getAccount(req);
    const { lang, t } = sharedOf(res);
    let choices: readonly Option[] | undefined;
    const back = await submit(req, res, grantForm, async ({ post, unit_id: id, unit_id_text: text, once }) => {
      const kind = posts[post].at;
      const picked =
        kind === 'city'
          ? { unit: await getCity(db) }
          : await pickUnit(db, { id, text }, { kinds: [kind] }, dayOf(now(res)), lang);
      if ('choices' in picked) choices = picked.choices;
      if (!('unit' in picked)) throw wrongFields({ unit_id: picked.choices.length > 0 ? 'not_an_option' : 'unit_does_not_fit' });
      if (!picked.unit) throw wrongFields({ unit_id: 'required' });
      await grantPost(db, doing(res), account.person_id, { post, unit_id: picked.unit.id, once });
      flash(req, 'accounts.granted', [account.name, t.domain.posts[post], unitName(picked.unit, lang)]);
    });
    if (back) return showAccount(req, res, account, { grant: { ...back.form, id: 'grant' }, choices });
    res.redirect(303, `/accounts/${account.person_id}`);
  });

  door.post('/accounts/:id/posts/:post_id/end', 'post.edit', async (req, res) => {
    const account = await getAccount(req);
    await endPost(db, doing(res), account.person_id, idOf(req.params['post_id']));
    flash(req, 'accounts.ended', [account.name]);
    res.redirect(303, `/accounts/${account.person_id}`);
  });

  dutyRoutes({ db, clock }, door);

  async function getAccount(req: Request<Record<string, string>>): Promise<AccountFile> {
    const account = await findAccountFile(db, idOf(req.params['id']));
    if (!account) throw notFound();
    return account;
  }

  /** Keeps a new password for the one page that shows it; a repeated form gets the page, and writes nothing over what the first one kept. */
  function handOut(req: Request, res: Response, made: HandedOut): void {
    if ('password' in made) req.session.handed_out = { person_id: made.person_id, sealed: seal(config.data_key, made.password) };
    res.redirect(303, 'repeated' in made ? made.repeated : `/accounts/${made.person_id}`);
  }

  function takeHandedOut(req: Request, person_id: number): string | undefined {
    const kept = req.session.handed_out;
    if (req.method !== 'GET' || kept?.person_id !== person_id) return undefined;
    delete req.session.handed_out;
    return open(config.data_key, kept.sealed);
  }

  function showNew(res: Response, form: FormState): void {
    const { t } = sharedOf(res);
    const title = t.accounts.new_account;
    show(res, 'accounts/new', { title, nav: 'accounts', crumbs: [{ label: t.accounts.title, href: '/accounts' }] }, { form });
  }

  interface Forms {
    readonly edit?: FormState;
    readonly stale?: boolean;
    readonly grant?: FormState;
    readonly choices?: readonly Option[] | undefined;
  }
  async function showAccount(req: Request, res: Response, account: AccountFile, forms: Forms = {}): Promise<void> {
    const { t, lang } = sharedOf(res);
    const actor = actorOf(res);
    const today = dayOf(now(res));
    const { person_id, name, work_phone } = account;
    const [held, sign_ins, open_sessions, changes, unit_names] = await Promise.all([
      listHeld(db, person_id),
      listSignInsOf(db, person_id, most_sign_ins),
      countSessions(db, person_id, now(res)),
      listChanges(db, `person:${person_id}`),
      listUnitNames(db),
    ]);
    const valid = held.filter((one) => isValidOn(one, today));
    const other = actor.person_id !== person_id;
    const told = (one: (typeof held)[number]) => ({
      id: one.id,
      post: t.domain.posts[one.post],
      unit: unitName(one, lang),
      on_duty: one.on_duty,
      from: one.valid_from,
      to: one.valid_to,
    });
    show(
      res,
      'accounts/account',
      { title: name, nav: 'accounts', crumbs: [{ label: t.accounts.title, href: '/accounts' }] },
      {
        account,
        tags: tagsOf(account, valid.length, res),
        language: words[account.lang].people.language_name,
        held: valid.map(told),
        past: held.filter((one) => !isValidOn(one, today)).map(told),
        sign_ins: sign_ins.map((row) => ({
          at: row.happened_at,
          network: row.network,
          outcome: t.accounts.outcomes[row.outcome],
          tone: outcomeTones[row.outcome],
        })),
        open_sessions,
        changes: tellChanges(changes, t, lang, new Map(unit_names.map((unit) => [unit.id, unit]))),
        handed_out: takeHandedOut(req, person_id),
        own: !other,
        edit: may(actor, 'account.edit')
          ? (forms.edit ?? blankForm({ version: versionOf({ name, work_phone }), name, work_phone }, 'edit'))
          : null,
        version: versionOf({ name, work_phone }),
        stale: forms.stale ?? false,
        may_administer: may(actor, 'account.edit') && other,
        resets: !keptByHimself(valid),
        reset_once: token(),
        grant_once: token(),
        grant: may(actor, 'post.edit') && other ? (forms.grant ?? blankForm({}, 'grant')) : null,
        grantable: postOptions(res),
        chosen: chosenUnit(forms.grant),
        choices: forms.choices,
      },
    );
  }

  return door.routes;
}
