import type { Request, Response, Router } from 'express';
import { addDays, addMinutes, startOfDay } from '../core/clock.ts';
import type { World } from '../core/world.ts';
import { makeDoor } from '../doors.ts';
import { verifySystem } from '../trail/actions/verify.ts';
import { tellChanges } from '../trail/forms.ts';
import { unitName } from '../units/rules.ts';
import { listUnitNames } from '../units/store.ts';
import type { Option, Tone } from '../views.ts';
import { flash } from '../web/flash.ts';
import { sharedOf, show } from '../web/render.ts';
import { hrefOf, readFilter } from '../web/submit.ts';
import { auditFilter } from './forms.ts';
import { countSignIns, listExports, listPeopleNames, listReveals, listSignIns, listSystemTrail } from './store.ts';

const page_size = 50;
const logs = ['trail', 'sign_ins', 'reveals', 'exports'] as const;
type Log = (typeof logs)[number];
const hrefs: Record<Log, string> = {
  trail: '/audit',
  sign_ins: '/audit/sign-ins',
  reveals: '/audit/reveals',
  exports: '/audit/exports',
};

/** So many wrong passwords in a day, over all accounts, are no typing mistakes. */
const many_wrong = 200;
const outcome_tones = {
  ok: 'go',
  wrong: 'warn',
  delayed: 'late',
  disabled: 'late',
  refused: 'late',
  signed_out: 'done',
  password_changed: 'new',
} as const satisfies Record<string, Tone>;

/** What the audit administrator reads, and nobody else: changes of the system, sign-ins, reveals, exports. Nothing can be changed here. */
export function audit({ db, clock }: World): Router {
  const door = makeDoor('');

  /** The filters of a log, its tabs, and the addresses of its neighbouring pages. */
  function around(req: Request, res: Response, log: Log, acts: readonly Option[]) {
    const { t } = sharedOf(res);
    const { value, form } = readFilter(req.query, auditFilter);
    const kept = { person: value.person, from: value.from, until: value.until };
    return {
      turn: value,
      question: {
        person: value.person,
        act: value.act,
        from: value.from === null ? null : startOfDay(value.from),
        until: value.until === null ? null : startOfDay(addDays(value.until, 1)),
      },
      page: { title: `${t.audit.logs[log]} · ${t.audit.title}`, nav: 'audit' },
      frame: {
        tabs: logs.map((one) => ({ href: hrefOf(hrefs[one], kept), label: t.audit.logs[one], current: one === log })),
        filter: { form, action: hrefs[log], acts, label: log === 'sign_ins' ? t.audit.outcome : t.audit.act },
      },
      pages: ({ newer, older }: { newer: string | null; older: string | null }) => {
        const at = (to: object) => hrefOf(hrefs[log], { ...kept, act: value.act, ...to });
        return { newer: newer ? at({ before: newer }) : undefined, older: older ? at({ after: older }) : undefined };
      },
    };
  }

  door.get('/audit', 'audit.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const acts = Object.entries(t.changes.acts).map(([value, label]) => ({ value, label }));
    const { turn, question, page, frame, pages } = around(req, res, 'trail', acts);
    const [found, unit_rows] = await Promise.all([listSystemTrail(db, question, turn, page_size), listUnitNames(db)]);
    const units = new Map(unit_rows.map((unit) => [unit.id, unit]));
    const people = await listPeopleNames(
      db,
      found.rows.flatMap(({ thing }) => (thing?.startsWith('person:') ? [Number(thing.slice(7))] : [])),
    );
    const told = tellChanges(found.rows, t, lang, units);
    const nameOf = (thing: string | null): string => {
      const [kind, id] = [thing?.split(':')[0], Number(thing?.split(':')[1])];
      const unit = kind === 'unit' || kind === 'grid' ? units.get(id) : undefined;
      return (kind === 'person' ? people.get(id) : unit && unitName(unit, lang)) ?? thing ?? '';
    };
    show(res, 'audit/trail', page, {
      ...frame,
      ...pages(found),
      rows: found.rows.map(({ seq, thing, hash }, i) => ({
        seq,
        thing: nameOf(thing),
        hash: hash.slice(0, 12),
        change: told[i]!,
      })),
    });
  });

  door.get('/audit/sign-ins', 'audit.read', async (req, res) => {
    const { t } = sharedOf(res);
    const outcomes = Object.entries(t.accounts.outcomes).map(([value, label]) => ({ value, label }));
    const { turn, question, page, frame, pages } = around(req, res, 'sign_ins', outcomes);
    const since = addMinutes(res.locals.now ?? clock(), -24 * 60);
    const [found, counts] = await Promise.all([listSignIns(db, question, turn, page_size), countSignIns(db, since)]);
    const refused = (counts.get('wrong') ?? 0) + (counts.get('delayed') ?? 0);
    show(res, 'audit/sign_ins', page, {
      ...frame,
      ...pages(found),
      rows: found.rows.map((row) => ({
        at: row.happened_at,
        username: row.username,
        person: row.person,
        network: row.network,
        outcome: t.accounts.outcomes[row.outcome],
        tone: outcome_tones[row.outcome],
      })),
      kpis: (['ok', 'wrong', 'delayed'] as const).map((outcome) => ({
        label: t.accounts.outcomes[outcome],
        value: counts.get(outcome) ?? 0,
        href: hrefOf('/audit/sign-ins', { act: outcome }),
        note: t.audit.last_day,
      })),
      alarm: refused > many_wrong ? refused : null,
    });
  });

  door.get('/audit/reveals', 'audit.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const { turn, question, page, frame, pages } = around(req, res, 'reveals', []);
    const found = await listReveals(db, question, turn, page_size);
    show(res, 'audit/reveals', page, {
      ...frame,
      ...pages(found),
      rows: found.rows.map((row) => ({
        at: row.revealed_at,
        who: row.person,
        seat: `${unitName(row, lang)} · ${t.domain.posts[row.post]}`,
        number: row.number,
        reason: row.reason,
      })),
    });
  });

  door.get('/audit/exports', 'audit.read', async (req, res) => {
    const { t, lang } = sharedOf(res);
    const { turn, question, page, frame, pages } = around(req, res, 'exports', []);
    const found = await listExports(db, question, turn, page_size);
    show(res, 'audit/exports', page, {
      ...frame,
      ...pages(found),
      rows: found.rows.map((row) => ({ ...row, who: row.person, seat: `${unitName(row, lang)} · ${t.domain.posts[row.post]}` })),
    });
  });

  door.post('/audit/verify', 'audit.read', async (req, res) => {
    const verdict = await verifySystem(db);
    if (verdict.ok) flash(req, 'audit.whole', [verdict.rows]);
    else flash(req, 'audit.broken', [verdict.seq, verdict.why], 'late');
    res.redirect(303, '/audit');
  });

  return door.routes;
}
