import type { ledger as zh } from '../zh/ledger.ts';

export const ledger: typeof zh = {
  title: 'Ledger', found: (n) => `${n} found`, q: 'Number, phone, address or words', status: 'Status', kind: 'Kind', priority: 'Priority', channel: 'Channel', category: 'Category',
  area: 'Town or community', unit: 'Lead unit', level: 'Evaluation', late: 'Overdue only', mine: 'Registered by me', from: 'Received from', to: 'to', more: 'More filters', columns: { appeal: 'Appeal', place: 'Place', unit: 'Lead', received: 'Received', due: 'Time left', status: 'Status' },
  saved: 'Saved filters', save_as: 'Save this filter', name: 'Name', save: 'Save', removed: 'Removed', saved_now: 'Saved', none: 'No appeal matches', none_text: 'Try other words or fewer filters.',
  export: 'Export', purpose: 'Purpose', purpose_hint: 'Purpose, rows and time are recorded; names and numbers stay masked', format: 'Format', export_start: 'Export this list', exports: 'My exports', exports_lead: 'Every export is recorded',
  rows: 'Rows', started: 'Started', finished: 'Finished', running: 'running', watermark: (who, when, purpose) => `Exported by ${who}, ${when}, purpose: ${purpose}`,
  sheet: 'Ledger', all: 'All',
  headings: {
    number: 'Number', status: 'Status', kind: 'Kind', channel: 'Channel', priority: 'Priority', category: 'Category', title: 'Title', content: 'Content', place: 'Place', address: 'Address', unit: 'Lead unit', received: 'Received',
    due: 'Due', closed: 'Closed', level: 'Evaluation', answer: 'Answer', name: 'Caller', phone: 'Phone',
  },
};
