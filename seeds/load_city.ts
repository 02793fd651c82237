import { minutes, parameterDefaults, type Rulebook, workingDays } from '../src/catalog/rules.ts';
import { makeCalendar } from '../src/core/calendar.ts';
import type { Db } from '../src/core/db.ts';
import { hashPassword } from '../src/core/password.ts';
import { pinyinKeys } from '../src/core/text.ts';
import { demo_password } from '../src/people/rules.ts';
import { unitSearch } from '../src/units/rules.ts';
import { calendarRows } from './calendar.ts';
import type { Catalogue } from './catalogue.ts';
import { makeCopier, setSequences, type Value } from './copy.ts';
import type { Directory } from './directory.ts';
import { readTable } from './facts.ts';
import { workPhone } from './people.ts';
import { topics } from './texts/topics.ts';

const tables = {
  units: 'id kind unit_group parent_id path code name_zh name_en short_zh duty_phone round_the_clock sort demo search valid_from',
  grids: 'unit_id kind venue_type households area_hectares help_point',
  buildings: 'id grid_id code estate name address storeys households search demo valid_from',
  people: 'id name work_phone search demo',
  accounts: 'person_id username password_hash must_change_password demo created_at',
  posts: 'person_id post unit_id on_duty valid_from',
  linked_members: 'person_id grid_id kind batch services valid_from',
  party_organizations: 'id code name community_id secretary search demo valid_from',
  party_members: 'organization_id name joined_on search demo valid_from',
  grid_branches: 'grid_id kind name secretary demo',
  categories: 'code parent_code name_zh name_en lead_unit_id priority search valid_from milestones',
  dispatch_rules: 'category_code area_id unit_id role note valid_from',
  calendar_days: 'day working name',
  instruction_templates: 'category_code body sort',
} as const;

const since = '2020-01-01';
const generalInstructions = [
  '请按职责办理，24小时内联系诉求人，办结后报结果和现场照片。',
  '请核实情况依法处理；不属本单位职责的，两个工作日内说明理由。',
  '请牵头会同协办单位现场处置，统一答复诉求人。',
];
/** What is dangerous at once and mended for long: make safe, repair, restore. From this morning on; the history knows none. */
const staged = ['0203', '0605'];
const stages = [
  { name_zh: '排险', name_en: 'make safe', ...minutes(2 * 60) },
  { name_zh: '抢修', name_en: 'repair', ...minutes(24 * 60) },
  { name_zh: '恢复', name_en: 'restore', ...workingDays(7) },
];
const services = '政策咨询、代办代缴、矛盾调解、上门走访、随手拍上报';

/** The rules in force in the demo city: the defaults, and its own calendar and categories. */
export function demoRulebook(directory: Directory): Rulebook {
  return {
    parameters: parameterDefaults,
    calendar: makeCalendar({
      version: parameterDefaults['calendar.version'],
      days: new Map(calendarRows().map(({ day, working }) => [day, working])),
      seasons: parameterDefaults['calendar.seasons'],
    }),
    units: new Map(),
    categories: new Map(
      readTable('categories').map((row) => [
        row.code!,
        {
          code: row.code!,
          parent_code: row.parent_code || null,
          name_zh: row.zh!,
          name_en: row.en!,
          lead_unit_id: row.lead_department_code ? directory.byCode.get(row.lead_department_code)!.id : null,
          priority: (row.priority || null) as never,
          acknowledge_limit: null,
          contact_limit: null,
          handle_limit: null,
          milestones: [],
        },
      ]),
    ),
  };
}

/** Writes the city into an empty database: units, people, catalogue, calendar. */
export async function loadCity(trx: Db, directory: Directory, catalogue: Catalogue, now: Date): Promise<void> {
  const { facts, units, byCode, buildings, on_duty } = directory;
  const copier = await makeCopier(trx, tables);
  const add = (table: keyof typeof tables, ...values: readonly Value[]) => copier.add(table, values);
  const named = new Map(facts.people.map((person) => [person.username, person.name]));

  facts.units.forEach((fact, i) => {
    const unit = units[i]!;
    const phone = unit.kind === 'grid' ? null : workPhone(800_000 + i);
    add(
      'units',
      unit.id,
      unit.kind,
      unit.group,
      unit.parent_id,
      unit.path,
      fact.code,
      fact.zh,
      fact.en,
      fact.short,
      phone,
      fact.round_the_clock,
      fact.sort,
      fact.demo,
      unitSearch({ name_zh: fact.zh, short_zh: fact.short, name_en: fact.en }),
      since,
    );
    if (unit.kind === 'grid')
      add('grids', unit.id, unit.group, fact.venue_type, fact.households, fact.area_hectares, `${fact.short}党员帮办点`);
  });
  for (const building of buildings) {
    const name = `${building.number}号楼`;
    add(
      'buildings',
      building.id,
      building.unit.id,
      building.code,
      building.estate,
      name,
      building.address,
      building.storeys,
      building.households,
      `${pinyinKeys(building.estate + name)} ${building.address}`,
      true,
      since,
    );
  }
  const password_hash = await hashPassword(demo_password);
  facts.people.forEach((person, i) => {
    const id = i + 1;
    const unit = byCode.get(person.unit)!;
    add('people', id, person.name, person.work_phone, `${pinyinKeys(person.name)} ${person.username}`, true);
    add('accounts', id, person.username, password_hash, false, true, now);
    add('posts', id, person.post, unit.id, on_duty.has(id), since);
    if (person.member) add('linked_members', id, unit.id, person.member.kind, person.member.batch || null, services, since);
  });
  facts.organizations.forEach((organization, i) => {
    const secretary = facts.party_members.find((member) => member.organization === organization.code)!.name;
    add(
      'party_organizations',
      i + 1,
      organization.code,
      organization.zh,
      byCode.get(organization.community)!.id,
      secretary,
      pinyinKeys(organization.zh),
      true,
      since,
    );
  });
  const organizations = new Map(facts.organizations.map(({ code }, i) => [code, i + 1]));
  for (const member of facts.party_members) {
    add(
      'party_members',
      organizations.get(member.organization)!,
      member.name,
      member.joined_on,
      pinyinKeys(member.name),
      true,
      since,
    );
  }
  for (const branch of facts.branches)
    add('grid_branches', byCode.get(branch.grid)!.id, branch.kind, branch.zh, named.get(branch.secretary)!, true);

  for (const { code, parent_code, zh, en, lead_department_code, priority } of readTable('categories')) {
    const lead = lead_department_code ? byCode.get(lead_department_code)!.id : null;
    add(
      'categories',
      code!,
      parent_code || null,
      zh!,
      en!,
      lead,
      priority || null,
      `${pinyinKeys(zh!)} ${en!.toLowerCase()}`,
      since,
      staged.includes(code!) ? stages : [],
    );
  }
  for (const { category_code, area, unit, role, note } of catalogue.rules)
    add('dispatch_rules', category_code, area.id, unit.id, role, note, since);
  for (const { day, working, name } of calendarRows()) add('calendar_days', day, working, name ?? '');
  for (const [i, body] of generalInstructions.entries()) add('instruction_templates', null, body, i + 1);
  for (const [code, { instructions }] of Object.entries(topics)) {
    for (const [i, body] of instructions.entries()) add('instruction_templates', code, body, i + 1);
  }

  await copier.send();
  await setSequences(trx, ['units', 'buildings', 'people', 'party_organizations']);
}
