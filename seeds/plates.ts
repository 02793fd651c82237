import { createHmac } from 'node:crypto';
import { parameterDefaults } from '../src/catalog/rules.ts';
import { dayOf } from '../src/core/clock.ts';
import type { Db } from '../src/core/db.ts';
import { demoUnits } from '../src/people/rules.ts';
import { hashHouseholdCode } from '../src/plates/actions/codes.ts';
import { voucherOf } from '../src/plates/actions/reviews.ts';
import { base32 } from '../src/plates/actions.ts';
import { code_length, household_alphabet, household_code_length, scan_days } from '../src/plates/rules.ts';
import { listPlatesById } from '../src/plates/store/places.ts';
import { makeCopier, setSequences } from './copy.ts';
import type { Directory, Unit } from './directory.ts';
import { makeRandom, makeWheel } from './random.ts';

const tables = {
  plates: 'id code building_id grid_id version demo made_at revoked_at revoked_by revoked_why',
  plate_prints: 'plate_id printed_at shows',
  plate_scans: 'plate_id day scans',
  plate_checks: 'plate_id checked_by checked_at state note',
  household_codes: 'building_id household code_hash demo made_at',
  member_reviews: 'person_id grid_id month stars words voucher demo',
} as const;

const day_ms = 86_400_000;
const praise = [
  '随叫随到，帮了大忙。',
  '经常来走访，老人很信任他。',
  '反映的路灯第二天就修好了。',
  '耐心，讲政策讲得明白。',
  '楼道堆物帮着清了，谢谢。',
];
const complaint = ['打过两次电话没人接。', '来得少，希望多走访。', '反映的停车问题还没解决。'];
const notes = {
  damaged: ['右下角被撕', '二维码被小广告盖住', '日晒褪色，扫不出来'],
  missing: ['粉刷外墙时被取下', '固定螺丝脱落，牌子不见了'],
};

/** The code of a demo plate of a place ('building/12', 'grid/34'): the same in every demo city with this key. */
export function demoPlateCode(data_key: Buffer, place: string): string {
  return base32(createHmac('sha256', data_key).update(`demo plate: ${place}`).digest(), code_length);
}

/** The code of a demo household, likewise. */
export function demoHouseholdCode(data_key: Buffer, building_id: number, household: string): string {
  const bytes = createHmac('sha256', data_key).update(`demo household: ${building_id}/${household}`).digest();
  return Array.from({ length: household_code_length }, (_, i) => household_alphabet[bytes[i]! % 32]).join('');
}

/**
 * Plates at the city's buildings and exclusive grids, with what 60 days brought: prints, scans, checks; some places still without one, some
 * never scanned, some whose member changed since the print. Household codes and reviews where the demo accounts work, and here and there.
 */
export async function loadPlates(trx: Db, { units, buildings }: Directory, data_key: Buffer, now: Date): Promise<void> {
  const random = makeRandom('plates');
  const copier = await makeCopier(trx, tables);
  const ago = (days: number) => new Date(now.getTime() - days * day_ms);
  const days = Array.from({ length: scan_days }, (_, i) => dayOf(ago(i)));
  const busy = makeWheel([6, 5, 3, 1]);
  const printed: number[] = [];
  const places: readonly { key: string; building_id: number | null; grid: Unit }[] = [
    ...buildings.map(({ id, unit }) => ({ key: `building/${id}`, building_id: id, grid: unit })),
    ...units
      .filter(({ group }) => group === 'exclusive')
      .map((unit) => ({ key: `grid/${unit.id}`, building_id: null, grid: unit })),
  ];
  let id = 0;
  const isShown = (unit: Unit) => unit.line.some(({ code }) => code === demoUnits.community);
  for (const { key, building_id, grid } of places) {
    random.restart(key);
    const [member] = grid.staff.linked_member ?? [];
    const place = [building_id, building_id === null ? grid.id : null] as const;
    const made = ago(random.between(70, 400));
    if (grid.code !== demoUnits.grid && random.chance(0.012)) continue;
    const renewed = random.chance(0.03);
    if (renewed) {
      const code = base32(createHmac('sha256', data_key).update(`demo plate before: ${key}`).digest(), code_length);
      const by = grid.line.at(-2)?.staff.community_clerk?.[0] ?? grid.line.at(-2)?.staff.town_clerk?.[0] ?? null;
      copier.add('plates', [++id, code, ...place, 1, true, ago(500), made, by, '外墙改造，更换位置']);
    }
    copier.add('plates', [++id, demoPlateCode(data_key, key), ...place, renewed ? 2 : 1, true, made, null, null, null]);
    if (random.chance(0.04)) copier.add('plate_prints', [id, new Date(made.getTime() + day_ms), 'before the member changed']);
    else if (!random.chance(0.02)) printed.push(id);
    if (!random.chance(0.06)) {
      const rate = [0.03, 0.1, 0.25, 0.6][busy(random)]!;
      for (const day of days) {
        if (random.chance(rate)) copier.add('plate_scans', [id, day, random.between(1, rate > 0.5 ? 9 : 3)]);
      }
    }
    if (member !== undefined && random.chance(0.35)) {
      const state = random.chance(0.93) ? 'fine' : random.chance(0.7) ? 'damaged' : 'missing';
      const note = state === 'fine' ? '' : random.pick(notes[state]);
      copier.add('plate_checks', [id, member, ago(random.between(1, 50)), state, note]);
    }
  }

  const months = [0, 31, 62].map((back) => dayOf(ago(back)).slice(0, 7));
  for (const { id: building_id, unit, households } of buildings) {
    random.restart(`households/${building_id}`);
    const [member] = unit.staff.linked_member ?? [];
    if (member === undefined || !(unit.code === demoUnits.grid || random.chance(isShown(unit) ? 0.4 : 0.02))) continue;
    for (let n = 0; n < Math.min(households, 12); n++) {
      const household = `${Math.floor(n / 2) + 1}0${(n % 2) + 1}`;
      const hash = hashHouseholdCode(data_key, demoHouseholdCode(data_key, building_id, household));
      copier.add('household_codes', [building_id, household, hash, true, ago(random.between(95, 150))]);
      for (const month of new Set(months)) {
        if (!random.chance(0.3)) continue;
        const stars = random.pick([5, 5, 5, 5, 4, 4, 4, 3, 2]);
        const words = random.chance(0.4) ? random.pick(stars >= 4 ? praise : complaint) : '';
        const voucher = voucherOf(data_key, { building_id, household }, member, month);
        copier.add('member_reviews', [member, unit.id, month, stars, words, voucher, true]);
      }
    }
  }
  await copier.send();
  const question = { under_path: '/', today: dayOf(now), hotline: parameterDefaults['city.hotline'] };
  for (const { plate_id, made_at, shows } of await listPlatesById(trx, question, printed))
    copier.add('plate_prints', [plate_id, new Date(made_at!.getTime() + day_ms), shows]);
  await copier.send();
  await setSequences(trx, ['plates']);
}
