import { accounts as enAccounts } from './en/accounts.ts';
import { assessment as enAssessment } from './en/assessment.ts';
import { audit as enAudit } from './en/audit.ts';
import { callbacks as enCallbacks } from './en/callbacks.ts';
import { catalog as enCatalog } from './en/catalog.ts';
import { changes as enChanges } from './en/changes.ts';
import { common as enCommon } from './en/common.ts';
import { desks as enDesks } from './en/desks.ts';
import { domain as enDomain } from './en/domain.ts';
import { errors as enErrors } from './en/errors.ts';
import { exchange as enExchange } from './en/exchange.ts';
import { failures as enFailures } from './en/failures.ts';
import { files as enFiles } from './en/files.ts';
import { grids as enGrids } from './en/grids.ts';
import { help as enHelp } from './en/help.ts';
import { integrity as enIntegrity } from './en/integrity.ts';
import { layout as enLayout } from './en/layout.ts';
import { ledger as enLedger } from './en/ledger.ts';
import { member_scores as enMemberScores } from './en/member_scores.ts';
import { members as enMembers } from './en/members.ts';
import { menu as enMenu } from './en/menu.ts';
import { messages as enMessages } from './en/messages.ts';
import { party as enParty } from './en/party.ts';
import { people as enPeople } from './en/people.ts';
import { phone as enPhone } from './en/phone.ts';
import { plates as enPlates } from './en/plates.ts';
import { reports as enReports } from './en/reports.ts';
import { residents as enResidents } from './en/residents.ts';
import { shifts as enShifts } from './en/shifts.ts';
import { supervision as enSupervision } from './en/supervision.ts';
import { units as enUnits } from './en/units.ts';
import { upkeep as enUpkeep } from './en/upkeep.ts';
import { visits as enVisits } from './en/visits.ts';
import { wall as enWall } from './en/wall.ts';
import { whistles as enWhistles } from './en/whistles.ts';
import { accounts as zhAccounts } from './zh/accounts.ts';
import { assessment as zhAssessment } from './zh/assessment.ts';
import { audit as zhAudit } from './zh/audit.ts';
import { callbacks as zhCallbacks } from './zh/callbacks.ts';
import { catalog as zhCatalog } from './zh/catalog.ts';
import { changes as zhChanges } from './zh/changes.ts';
import { common as zhCommon } from './zh/common.ts';
import { desks as zhDesks } from './zh/desks.ts';
import { domain as zhDomain } from './zh/domain.ts';
import { errors as zhErrors } from './zh/errors.ts';
import { exchange as zhExchange } from './zh/exchange.ts';
import { failures as zhFailures } from './zh/failures.ts';
import { files as zhFiles } from './zh/files.ts';
import { grids as zhGrids } from './zh/grids.ts';
import { help as zhHelp } from './zh/help.ts';
import { integrity as zhIntegrity } from './zh/integrity.ts';
import { layout as zhLayout } from './zh/layout.ts';
import { ledger as zhLedger } from './zh/ledger.ts';
import { member_scores as zhMemberScores } from './zh/member_scores.ts';
import { members as zhMembers } from './zh/members.ts';
import { menu as zhMenu } from './zh/menu.ts';
import { messages as zhMessages } from './zh/messages.ts';
import { party as zhParty } from './zh/party.ts';
import { people as zhPeople } from './zh/people.ts';
import { phone as zhPhone } from './zh/phone.ts';
import { plates as zhPlates } from './zh/plates.ts';
import { reports as zhReports } from './zh/reports.ts';
import { residents as zhResidents } from './zh/residents.ts';
import { shifts as zhShifts } from './zh/shifts.ts';
import { supervision as zhSupervision } from './zh/supervision.ts';
import { units as zhUnits } from './zh/units.ts';
import { upkeep as zhUpkeep } from './zh/upkeep.ts';
import { visits as zhVisits } from './zh/visits.ts';
import { wall as zhWall } from './zh/wall.ts';
import { whistles as zhWhistles } from './zh/whistles.ts';

export type Lang = 'zh' | 'en';

const zh = {
  accounts: zhAccounts,
  assessment: zhAssessment,
  audit: zhAudit,
  catalog: zhCatalog,
  changes: zhChanges,
  common: zhCommon,
  desks: zhDesks,
  domain: zhDomain,
  errors: zhErrors,
  exchange: zhExchange,
  failures: zhFailures,
  files: zhFiles,
  grids: zhGrids,
  help: zhHelp,
  layout: zhLayout,
  ledger: zhLedger,
  members: zhMembers,
  member_scores: zhMemberScores,
  callbacks: zhCallbacks,
  integrity: zhIntegrity,
  menu: zhMenu,
  messages: zhMessages,
  party: zhParty,
  people: zhPeople,
  phone: zhPhone,
  plates: zhPlates,
  reports: zhReports,
  residents: zhResidents,
  supervision: zhSupervision,
  units: zhUnits,
  shifts: zhShifts,
  upkeep: zhUpkeep,
  visits: zhVisits,
  wall: zhWall,
  whistles: zhWhistles,
};

/** What things are called, by feature. The Chinese tables are the master: a word missing in another language does not compile. */
export type Words = typeof zh;

const en: Words = {
  accounts: enAccounts,
  assessment: enAssessment,
  audit: enAudit,
  catalog: enCatalog,
  changes: enChanges,
  common: enCommon,
  desks: enDesks,
  domain: enDomain,
  errors: enErrors,
  exchange: enExchange,
  failures: enFailures,
  files: enFiles,
  grids: enGrids,
  help: enHelp,
  layout: enLayout,
  ledger: enLedger,
  members: enMembers,
  member_scores: enMemberScores,
  callbacks: enCallbacks,
  integrity: enIntegrity,
  menu: enMenu,
  messages: enMessages,
  party: enParty,
  people: enPeople,
  phone: enPhone,
  plates: enPlates,
  reports: enReports,
  residents: enResidents,
  supervision: enSupervision,
  units: enUnits,
  shifts: enShifts,
  upkeep: enUpkeep,
  visits: enVisits,
  wall: enWall,
  whistles: enWhistles,
};

export const words: Record<Lang, Words> = { zh, en };
/** The language that these words are of. */
export const langOf = (t: Words): Lang => (t === words.en ? 'en' : 'zh');

type Errors = Words['errors'];

type Word = Errors[keyof Errors];
type Tail<W extends Word> = W extends string ? '' : W extends (name: string) => string ? `:${string}` : `:${number}`;

/** The reason a field was refused: a key of `errors`, with the number or name its sentence needs behind a colon ('too_long:500'). */
export type ErrorCode = { [K in keyof Errors]: `${K}${Tail<Errors[K]>}` }[keyof Errors];

/** The sentence for a refused field; several reasons, one a line, make several sentences. */
export function explain(lang: Lang, code: ErrorCode): string {
  return code
    .split('\n')
    .map((one) => {
      const [, key = '', rest = ''] = /^([a-z_]+):?(.*)$/s.exec(one) ?? [];
      const word = words[lang].errors[key as keyof Errors] as string | ((given: number | string) => string);
      return typeof word === 'function' ? word(/^-?\d+$/.test(rest) ? Number(rest) : rest) : word;
    })
    .join(' ');
}
