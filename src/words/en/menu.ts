import type { menu as zh } from '../zh/menu.ts';

export const menu: typeof zh = {
  today: 'Today',
  overdue: 'Overdue',
  groups: { work: 'My work', city: 'The city', catalog: 'Rules', system: 'System' },
  items: {
    hotline: 'Register',
    review: 'Review',
    dispatch: 'Dispatch',
    handling: 'Handling',
    approval: 'Approval',
    callback: 'Callback',
    supervision: 'Supervision',
    appeals: 'Ledger',
    units: 'Units',
    grids: 'Grids',
    buildings: 'Buildings',
    members: 'Linked members',
    duty: 'Duty',
    party: 'Party',
    categories: 'Categories',
    rules: 'Dispatch catalogue',
    calendar: 'Calendar',
    parameters: 'Parameters',
    accounts: 'Accounts and posts',
    audit: 'Audit log',
  },
};
