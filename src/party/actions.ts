import { dayOf } from '../core/clock.ts';
import type { Db } from '../core/db.ts';
import { forbidden, notFound, wrongFields } from '../core/errors.ts';
import { pinyinKeys } from '../core/text.ts';
import { may } from '../policy.ts';
import { type Changing, mustBe, recordChange } from '../trail/actions/change.ts';
import { isValidOn } from '../units/rules.ts';
import { findUnit, type UnitRow } from '../units/store.ts';
import {
  changeOrganization,
  changePartyMember,
  countServing,
  holdBranch,
  holdOrganization,
  holdPartyMember,
  holdsCode,
  insertOrganization,
  insertPartyMember,
  type OrganizationRow,
  saveBranch,
} from './store.ts';

export interface OrganizationInput {
  readonly code: string;
  readonly name: string;
  readonly community_id: number;
  readonly secretary: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
}
export interface PartyMemberInput {
  readonly name: string;
  readonly joined_on: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
}
export interface BranchInput {
  readonly kind: 'branch' | 'group';
  readonly name: string;
  readonly secretary: string;
}

async function mustKeep(trx: Db, { author }: Changing, unit_id: number): Promise<UnitRow> {
  const unit = await findUnit(trx, unit_id);
  if (!unit) throw notFound();
  if (!may(author, 'party.edit', { unit_path: unit.path })) throw forbidden();
  return unit;
}

/** The community an organization registers with: one that holds, and that the author keeps. */
async function mustBeOwnCommunity(trx: Db, { author, now }: Changing, community_id: number): Promise<void> {
  const community = await findUnit(trx, community_id);
  if (community?.kind !== 'community' || !isValidOn(community, dayOf(now))) throw wrongFields({ community_id: 'not_an_option' });
  if (!may(author, 'party.edit', { unit_path: community.path })) throw wrongFields({ community_id: 'not_yours' });
}

const organizationFields = ({ code, name, community_id, secretary, valid_from, valid_to }: OrganizationInput) => ({
  code,
  name,
  community_id,
  secretary,
  valid_from,
  valid_to,
});

/** A Party organization that registers with a community. */
export async function createOrganization(db: Db, doing: Changing, input: Omit<OrganizationInput, 'valid_to'>): Promise<number> {
  return db.transaction(async (trx) => {
    await mustBeOwnCommunity(trx, doing, input.community_id);
    if (await holdsCode(trx, input.code, null)) throw wrongFields({ code: 'taken' });
    const row = { ...input, valid_to: null, search: pinyinKeys(input.name) };
    const id = await insertOrganization(trx, row);
    await recordChange(trx, doing, 'organization.create', `organization:${id}`, null, organizationFields(row));
    return id;
  });
}

/** Changes an organization or ends it, once nobody belongs to it any more. False where nothing was different. */
export async function editOrganization(
  db: Db,
  doing: Changing,
  id: number,
  version: string,
  input: OrganizationInput,
): Promise<boolean> {
  return db.transaction(async (trx) => {
    const organization = await holdOrganization(trx, id);
    if (!organization) throw notFound();
    await mustKeep(trx, doing, organization.community_id);
    mustBe(organization, version);
    if (input.community_id !== organization.community_id) await mustBeOwnCommunity(trx, doing, input.community_id);
    if (await holdsCode(trx, input.code, id)) throw wrongFields({ code: 'taken' });
    const serving =
      input.valid_to === null || input.valid_to === organization.valid_to ? 0 : await countServing(trx, id, input.valid_to);
    if (serving > 0) throw wrongFields({ valid_to: `has_party_members:${serving}` });
    await changeOrganization(trx, id, { ...organizationFields(input), search: pinyinKeys(input.name) });
    return recordChange(
      trx,
      doing,
      'organization.edit',
      `organization:${id}`,
      organizationFields(organization),
      organizationFields(input),
    );
  });
}

async function holdOwn(trx: Db, doing: Changing, organization_id: number): Promise<OrganizationRow> {
  const organization = await holdOrganization(trx, organization_id);
  if (!organization) throw notFound();
  await mustKeep(trx, doing, organization.community_id);
  return organization;
}

const memberFields = ({ name, joined_on, valid_from, valid_to }: PartyMemberInput) => ({ name, joined_on, valid_from, valid_to });

/** A Party member of an organization that holds. */
export async function createPartyMember(
  db: Db,
  doing: Changing,
  organization_id: number,
  input: Omit<PartyMemberInput, 'valid_to'>,
): Promise<void> {
  await db.transaction(async (trx) => {
    const organization = await holdOwn(trx, doing, organization_id);
    if (!isValidOn(organization, dayOf(doing.now))) throw notFound();
    const row = { ...input, valid_to: null, organization_id, search: pinyinKeys(input.name) };
    const id = await insertPartyMember(trx, row);
    await recordChange(trx, doing, 'party_member.create', `party_member:${id}`, null, {
      organization: organization.name,
      ...memberFields(row),
    });
  });
}

/** Changes a Party member's entry or ends the membership here. False where nothing was different. */
export async function editPartyMember(
  db: Db,
  doing: Changing,
  id: number,
  version: string,
  input: PartyMemberInput,
): Promise<boolean> {
  return db.transaction(async (trx) => {
    const member = await holdPartyMember(trx, id);
    if (!member) throw notFound();
    await holdOwn(trx, doing, member.organization_id);
    mustBe(member, version);
    await changePartyMember(trx, id, { ...memberFields(input), search: pinyinKeys(input.name) });
    return recordChange(trx, doing, 'party_member.edit', `party_member:${id}`, memberFields(member), memberFields(input));
  });
}

const branchFields = ({ kind, name, secretary }: BranchInput) => ({ branch_kind: kind, name, secretary });

/** Sets or changes the branch or group of a base grid. False where nothing was different. */
export async function editBranch(
  db: Db,
  doing: Changing,
  grid_id: number,
  version: string,
  input: BranchInput,
): Promise<boolean> {
  return db.transaction(async (trx) => {
    const grid = await mustKeep(trx, doing, grid_id);
    if (grid.unit_group !== 'base') throw notFound();
    const branch = await holdBranch(trx, grid_id);
    mustBe(branch ?? {}, version);
    await saveBranch(trx, { grid_id, ...input });
    return recordChange(trx, doing, 'branch.edit', `unit:${grid_id}`, branch ? branchFields(branch) : null, branchFields(input));
  });
}
