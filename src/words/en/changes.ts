import type { changes as zh } from '../zh/changes.ts';

export const changes: typeof zh = {
  acts: {
    'unit.create': 'added the unit', 'unit.edit': 'edited the unit', 'unit.end': 'ended the unit', 'unit.resume': 'resumed the unit', 'grid.edit': 'edited the grid',
    'building.create': 'added the building', 'building.edit': 'edited the building', 'member.create': 'added the linked member', 'member.edit': 'edited the linked member',
    'organization.create': 'added the organisation', 'organization.edit': 'edited the organisation', 'party_member.create': 'added the Party member', 'party_member.edit': 'edited the Party member', 'branch.edit': 'edited the grid branch',
    'category.create': 'added the category', 'category.edit': 'edited the category', 'rule.create': 'added the rule', 'rule.edit': 'edited the rule',
    'template.create': 'added the template', 'template.edit': 'edited the template', 'calendar.edit': 'edited the calendar', 'calendar.load': 'loaded a year', 'parameter.edit': 'edited the parameter',
    'account.create': 'created the account', 'account.edit': 'changed name or phone', 'account.reset_password': 'reset the password', 'account.disable': 'disabled the account',
    'account.enable': 'enabled the account', 'post.grant': 'granted a post', 'post.end': 'ended a post', 'post.duty': 'set duty',
  },
  fields: {
    username: 'username', post: 'post', on_duty: 'on duty', disabled: 'disabled', revision: 'sessions since',
    kind: 'Kind', unit_group: 'Group', parent_id: 'Unit above', code: 'Code', name_zh: 'Chinese name', name_en: 'English name', short_zh: 'Short name', duty_phone: 'Duty phone',
    round_the_clock: 'Around the clock', sort: 'Order', valid_from: 'Valid from', valid_to: 'Last valid day', successor_id: 'Successor', venue_type: 'Venue type', grid_kind: 'Kind of grid',
    households: 'Households', area_hectares: 'Area (ha)', help_point: 'Help point', grid_id: 'Grid', estate: 'Estate', name: 'Name', address: 'Address', storeys: 'Storeys',
    member_kind: 'Kind', batch: 'Recruitment batch', services: 'Services', work_phone: 'Office phone', community_id: 'Community', secretary: 'Secretary', joined_on: 'Joined', organization: 'Organisation',
    branch_kind: 'Form', lead_unit_id: 'Lead department', priority: 'Priority', acknowledge_limit: 'To acknowledge', contact_limit: 'To contact', handle_limit: 'To handle',
    category_code: 'Category', area_id: 'Area', unit_id: 'Unit', role: 'Role', note: 'Note', body: 'Text', working: 'Working day', day: 'Day', value: 'Value', days: 'Days', year: 'Year',
  },
  values: { fulltime: 'full-time', assistant: 'assistant', branch: 'branch', group: 'group' },
};
