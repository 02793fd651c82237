import type { Db } from '../../src/core/db.ts';
import type { Actor, Post } from '../../src/people/rules.ts';
import type { UnitKind } from '../../src/units/rules.ts';

/** The password of everybody in the cast. */
export const cast_password = 'cast-password-of-everybody';
/** Its hash, as cheap as argon2 allows. */
export const cast_password_hash = '$argon2id$v=19$m=8,t=1,p=1$/bq8Vn43HJwFbJ6lNFe7Jg$U8eDV9sGh+hsYyDL9EBeUnSnqmAgKDIu1DLIXnpAxrs';

/** A tiny city: two towns (one with communities), departments, and one named person per post, with a stranger for each. */
export interface Cast {
  readonly units: Record<UnitName, { id: number; path: string; kind: UnitKind; name: string }>;
  readonly people: Record<PersonName, Actor>;
}

const unitsWanted = [
  ['city', 'city', 'city', null, '招远市'],
  ['quanshan', 'town', 'subdistrict', 'city', '泉山街道'],
  ['huayuan', 'community', 'community', 'quanshan', '花园社区'],
  ['grid1', 'grid', 'base', 'huayuan', '花园社区第1网格'],
  ['grid2', 'grid', 'base', 'huayuan', '花园社区第2网格'],
  ['market', 'grid', 'exclusive', 'huayuan', '花园市场专属网格'],
  ['jincheng', 'community', 'community', 'quanshan', '金城社区'],
  ['grid3', 'grid', 'base', 'jincheng', '金城社区第1网格'],
  ['xinzhuang', 'town', 'town', 'city', '辛庄镇'],
  ['park', 'grid', 'exclusive', 'xinzhuang', '辛庄科技园专属网格'],
  ['housing', 'department', 'government', 'city', '市住房和城乡建设局'],
  ['heating', 'department', 'public_utility', 'city', '市热力有限公司'],
  ['works', 'department', 'public_institution', 'city', '市市政公用事业服务中心'],
] as const;
type UnitName = (typeof unitsWanted)[number][0];

const peopleWanted = [
  ['hotline', 'hotline_agent', 'city'],
  ['hotline2', 'hotline_agent', 'city'],
  ['review', 'review_officer', 'city'],
  ['dispatch', 'dispatch_officer', 'city'],
  ['dispatch2', 'dispatch_officer', 'city'],
  ['supervision', 'supervision_officer', 'city'],
  ['supervision2', 'supervision_officer', 'city'],
  ['callback', 'callback_officer', 'city'],
  ['assessor', 'analysis_assessor', 'city'],
  ['leader', 'city_leader', 'city'],
  ['quanshan_clerk', 'town_clerk', 'quanshan'],
  ['quanshan_leader', 'town_leader', 'quanshan'],
  ['huayuan_clerk', 'community_clerk', 'huayuan'],
  ['huayuan_secretary', 'community_secretary', 'huayuan'],
  ['member1', 'linked_member', 'grid1'],
  ['member1b', 'linked_member', 'grid1'],
  ['member2', 'linked_member', 'grid2'],
  ['jincheng_clerk', 'community_clerk', 'jincheng'],
  ['member3', 'linked_member', 'grid3'],
  ['xinzhuang_clerk', 'town_clerk', 'xinzhuang'],
  ['xinzhuang_leader', 'town_leader', 'xinzhuang'],
  ['park_member', 'linked_member', 'park'],
  ['housing_clerk', 'department_clerk', 'housing'],
  ['housing_leader', 'department_leader', 'housing'],
  ['heating_clerk', 'department_clerk', 'heating'],
  ['heating_leader', 'department_leader', 'heating'],
  ['works_clerk', 'department_clerk', 'works'],
  ['works_leader', 'department_leader', 'works'],
  ['sys', 'sys_admin', 'city'],
  ['sec', 'sec_admin', 'city'],
  ['audit', 'audit_admin', 'city'],
] as const satisfies readonly (readonly [string, Post, UnitName])[];
export type PersonName = (typeof peopleWanted)[number][0];

const since = '2020-01-01';

export async function makeCast(db: Db): Promise<Cast> {
  const { rows: fresh } = await db.raw<{ rows: { id: number }[] }>(
    `select nextval(pg_get_serial_sequence('units', 'id')) as id from generate_series(1, :count)`,
    { count: unitsWanted.length },
  );
  const units = {} as Record<UnitName, { id: number; path: string; kind: UnitKind; name: string }>;
  const unit_rows = unitsWanted.map(([name, kind, unit_group, above, name_zh], index) => {
    const parent = above === null ? null : units[above];
    const { id } = fresh[index]!;
    units[name] = { id, path: `${parent?.path ?? '/'}${id}/`, kind, name: name_zh };
    return {
      id,
      kind,
      unit_group,
      parent_id: parent?.id ?? null,
      path: units[name].path,
      code: name,
      name_zh,
      name_en: name,
      round: name === 'heating' || kind === 'city',
    };
  });
  await db.raw(
    `insert into units (id, kind, unit_group, parent_id, path, code, name_zh, name_en, short_zh, round_the_clock, search, valid_from)
     overriding system value select id, kind, unit_group, parent_id, path, code, name_zh, name_en, name_zh, round, name_zh, :since::date
     from jsonb_to_recordset(:rows::jsonb) as r(id bigint, kind text, unit_group text, parent_id bigint, path text, code text, name_zh text, name_en text, round boolean)`,
    { rows: JSON.stringify(unit_rows), since },
  );
  await db('grids').insert(
    unit_rows
      .filter(({ kind }) => kind === 'grid')
      .map(({ id, unit_group }) => ({
        unit_id: id,
        kind: unit_group as never,
        venue_type: unit_group === 'exclusive' ? ('other_venue' as const) : null,
        households: 350,
        area_hectares: '12.00',
        help_point: null,
      })),
  );
  await db('categories').insert([
    {
      code: '02',
      parent_code: null,
      name_zh: '市政公用',
      name_en: 'Municipal utilities',
      lead_unit_id: null,
      priority: null,
      valid_from: since,
    },
    {
      code: '03',
      parent_code: null,
      name_zh: '住房物业',
      name_en: 'Housing',
      lead_unit_id: null,
      priority: null,
      valid_from: since,
    },
    {
      code: '0202',
      parent_code: '02',
      name_zh: '供暖不热',
      name_en: 'Heating insufficient',
      lead_unit_id: units.heating.id,
      priority: 'urgent',
      valid_from: since,
    },
    {
      code: '0203',
      parent_code: '02',
      name_zh: '燃气泄漏',
      name_en: 'Gas leak',
      lead_unit_id: units.heating.id,
      priority: 'emergency',
      valid_from: since,
    },
    {
      code: '0208',
      parent_code: '02',
      name_zh: '路灯不亮',
      name_en: 'Street lamp out',
      lead_unit_id: units.works.id,
      priority: 'general',
      valid_from: since,
    },
    {
      code: '0304',
      parent_code: '03',
      name_zh: '房屋质量维修',
      name_en: 'Building quality',
      lead_unit_id: units.housing.id,
      priority: 'complex',
      valid_from: since,
    },
  ] as never[]);
  await db('buildings').insert({
    grid_id: units.grid1.id,
    code: 'B1',
    estate: '花园小区',
    name: '12号楼',
    address: '花园小区12号楼',
    storeys: 6,
    households: 48,
    search: '花园小区12号楼 huayuanxiaoqu12haolou hyxq12hl',
    demo: false,
    valid_from: since,
    valid_to: null,
  } as never);

  const people = {} as Record<PersonName, Actor>;
  const persons = await db('people')
    .insert(peopleWanted.map(([name]) => ({ name, work_phone: '0535-0000000', search: name, demo: true })))
    .returning('id');
  const rows = peopleWanted.map(([name, post, at], index) => ({ name, post, unit: units[at], person_id: persons[index]!.id }));
  await db('accounts').insert(
    rows.map(
      ({ name, person_id }) =>
        ({
          person_id,
          username: name,
          password_hash: cast_password_hash,
          must_change_password: false,
          created_at: new Date('2026-01-01T00:00:00Z'),
        }) as never,
    ),
  );
  const held = await db('posts')
    .insert(
      rows.map(({ post, unit, person_id }) => ({
        person_id,
        post,
        unit_id: unit.id,
        on_duty: true,
        valid_from: since,
        valid_to: null,
      })),
    )
    .returning('id');
  await db('linked_members').insert(
    rows
      .filter(({ post }) => post === 'linked_member')
      .map(({ name, unit, person_id }) => ({
        person_id,
        grid_id: unit.id,
        kind: name.endsWith('b') ? ('assistant' as const) : ('fulltime' as const),
        batch: null,
        services: '',
        valid_from: since,
        valid_to: null,
      })),
  );
  for (const [index, { name, post, unit, person_id }] of rows.entries()) {
    people[name] = {
      person_id,
      name,
      post_id: held[index]!.id,
      post,
      unit_id: unit.id,
      unit_kind: unit.kind,
      unit_path: unit.path,
      unit_name: unit.name,
    };
  }
  return { units, people };
}
