import type { Directory, Unit } from './directory.ts';
import { readTable } from './facts.ts';

export interface CatalogueRule {
  readonly category_code: string;
  readonly area: Unit;
  readonly unit: Unit;
  readonly role: 'lead' | 'co';
  readonly note: string;
}

export interface Catalogue {
  readonly rules: readonly CatalogueRule[];
  /** Who leads and who may help at a place: the narrowest area counts. */
  find(category_code: string, place: Unit): { lead: Unit; co: readonly Unit[] };
}

/** Matters a town without communities takes care of itself; elsewhere the category's department leads. */
const townsOwn = [
  '0101',
  '0103',
  '0104',
  '0206',
  '0208',
  '0404',
  '0405',
  '0504',
  '0506',
  '0703',
  '0804',
  '0805',
  '1102',
  '1104',
  '1106',
  '1205',
  '1206',
];
/** Matters in which a subdistrict leads everywhere. */
const everyTowns = ['1206'];
const helpers: Record<string, readonly string[]> = {
  '0102': ['traffic_police'],
  '0105': ['market_regulation'],
  '0108': ['natural_resources'],
  '0201': ['municipal_works'],
  '0202': ['property_management'],
  '0203': ['emergency', 'fire_rescue'],
  '0206': ['property_management'],
  '0207': ['traffic_police'],
  '0209': ['china_mobile', 'china_unicom', 'china_telecom'],
  '0301': ['housing_construction'],
  '0303': ['property_management'],
  '0304': ['property_management'],
  '0305': ['municipal_works'],
  '0307': ['housing_construction'],
  '0402': ['traffic_police'],
  '0405': ['transport'],
  '0501': ['housing_construction'],
  '0502': ['ecology_branch'],
  '0503': ['emergency'],
  '0504': ['ecology_branch'],
  '0505': ['agriculture'],
  '0601': ['property_management'],
  '0602': ['property_management'],
  '0604': ['housing_construction'],
  '0605': ['traffic_police'],
  '0606': ['emergency', 'municipal_works'],
  '0607': ['emergency'],
  '0704': ['banking_insurance'],
  '0801': ['human_resources', 'housing_construction'],
  '0903': ['market_regulation'],
  '1002': ['health'],
  '1003': ['market_regulation'],
  '1101': ['agriculture'],
  '1103': ['finance'],
  '1105': ['ecology_branch', 'emergency'],
};

/** The dispatch catalogue of the demo city: category x area, the narrower area winning. */
export function makeCatalogue({ city, units, byCode }: Directory): Catalogue {
  const rural = units.filter(
    (unit) => unit.kind === 'town' && !units.some((below) => below.kind === 'community' && below.parent_id === unit.id),
  );
  const towns = units.filter((unit) => unit.kind === 'town');
  const rules: CatalogueRule[] = [];
  for (const { code, lead_department_code } of readTable('categories')) {
    if (!lead_department_code) continue;
    rules.push({ category_code: code!, area: city, unit: byCode.get(lead_department_code)!, role: 'lead', note: '' });
    for (const helper of helpers[code!] ?? [])
      rules.push({ category_code: code!, area: city, unit: byCode.get(helper)!, role: 'co', note: '' });
    const own = everyTowns.includes(code!) ? towns : townsOwn.includes(code!) ? rural : [];
    for (const town of own) rules.push({ category_code: code!, area: town, unit: town, role: 'lead', note: '属地负责' });
  }
  const byCategory = new Map<string, CatalogueRule[]>();
  for (const rule of rules) byCategory.set(rule.category_code, [...(byCategory.get(rule.category_code) ?? []), rule]);
  const known = new Map<string, { lead: Unit; co: readonly Unit[] }>();
  return {
    rules,
    find(category_code, place) {
      const key = `${category_code} ${place.id}`;
      const found = known.get(key) ?? look(category_code, place);
      known.set(key, found);
      return found;
    },
  };

  function look(category_code: string, place: Unit): { lead: Unit; co: readonly Unit[] } {
    const fitting = byCategory.get(category_code)!.filter((rule) => place.path.startsWith(rule.area.path));
    const leads = fitting.filter((rule) => rule.role === 'lead').sort((a, b) => b.area.path.length - a.area.path.length);
    const town = place.line.find((unit) => unit.kind === 'town');
    const co = fitting.filter((rule) => rule.role === 'co').map((rule) => rule.unit);
    return { lead: leads[0]!.unit, co: town && town !== leads[0]!.unit ? [...co, town] : co };
  }
}
