import type { domain as zh } from '../zh/domain.ts';

export const domain: typeof zh = {
  statuses: {
    pending_review: 'Pending review', awaiting_details: 'Awaiting details', pending_dispatch: 'Pending dispatch', in_handling: 'In handling', pending_callback: 'Pending callback',
    answered: 'Answered directly', declined: 'Declined', withdrawn: 'Withdrawn', merged: 'Merged', closed: 'Closed', archived: 'Archived',
  },
  stages: { intake: 'Intake', routing: 'Routing', feedback: 'Feedback', closing: 'Closing' },
  acts: {
    register: 'Register', answer: 'Answer directly', transfer: 'Transfer to an emergency line', request_details: 'Ask for details', supply_details: 'Supply details', import_close: 'Closed on import', lapse: 'Lapsed', decline: 'Decline',
    accept: 'Accept', merge: 'Merge', merged_here: 'Merged in', unmerge: 'Undo merge', dispatch: 'Dispatch', redispatch: 'Back to dispatch', rereview: 'Back to review', finish: 'Finished',
    finish_own: 'Own find finished', attempt: 'Not reached', rework: 'Rework', rework_answer: 'Rework', close: 'Close', close_unreached: 'Close unrated',
    countersign: 'Countersign', propose_termination: 'Propose termination', terminate: 'Terminate', withdraw: 'Withdraw', reopen: 'Reopen', archive: 'Archive', close_merged: 'Closed with its target', answer_merged: 'Answered with its target', rework_merged: 'Reworked with its target',
    rate: 'Record evaluation', correct: 'Correct category', comment: 'Comment', supervise: 'Supervision order', reveal: 'Reveal caller',
  },
  orders: {
    pending_ack: 'To acknowledge', in_progress: 'In progress', return_requested: 'Return requested', suspended: 'Suspended', submitted: 'Awaiting approval',
    accepted: 'Accepted', returned: 'Returned', recalled: 'Recalled', reassigned: 'Reassigned', escalated: 'Escalated',
  },
  order_acts: {
    make: 'Work order made', acknowledge: 'Acknowledge', contact: 'First contact', progress: 'Progress', forward: 'Forward', escalate: 'Escalate', request_return: 'Request return',
    uphold_return: 'Uphold return', reject_return: 'Designate', recall: 'Recall', recall_open: 'Recalled', reassign: 'Reassign', request_termination: 'Request termination',
    submit: 'Submit completion', approve: 'Approve', send_back: 'Send back', rework: 'Rework', supervise: 'Supervision order',
  },
  roles: { lead: 'Lead', co: 'Co-handler', part: 'Part' },
  channels: {
    hotline: 'Hotline', qr_code: 'QR plate', app_snapshot: 'Snapshot', app_voice: 'Voice report', web: 'Web', walk_in: 'Walk-in', superior_assigned: 'From above',
    proactive_patrol: 'Patrol', import: 'Import',
  },
  kinds: { inquiry: 'Inquiry', help: 'Help', complaint: 'Complaint', report: 'Report', suggestion: 'Suggestion', praise: 'Praise' },
  priorities: { emergency: 'Emergency', urgent: 'Urgent', general: 'General', complex: 'Complex', inquiry: 'Inquiry' },
  levels: { satisfied: 'Satisfied', basic: 'Basically satisfied', dissatisfied: 'Dissatisfied', unrated: 'Unrated' },
  outcomes: { solved: 'Solved', explained: 'Explained', promised: 'Promised by a date', impossible: 'Not possible' },
  decline_reasons: {
    emergency_line: 'Belongs to an emergency line', other_procedure: 'Before a court, arbitration, review or petition office', already_concluded: 'Lawfully concluded, no new facts',
    secret_or_privacy: 'Concerns secrets or privacy', beyond_duties: 'Outside the government’s duties', unlawful: 'Against law or public order',
  },
  callback_outcomes: { reached: 'Reached', no_answer: 'No answer', later: 'Call again later', refused: 'Declined the call' },
  contact_ways: { phone: 'Phone', visit: 'Visit', message: 'Text message', relay: 'Relayed by the hotline' },
  clocks: {
    review: 'Review', dispatch: 'Dispatch', acknowledge: 'Acknowledge', contact: 'First contact', handle: 'Handle', ruling: 'Ruling', decision: 'Decision', approve: 'Approval',
    promise: 'Promise', callback: 'Callback', check_in: 'Check-in', whistle_acknowledge: 'Whistle acknowledgement', supervision_reply: 'Supervision reply',
  },
  posts: {
    hotline_agent: 'Hotline agent', review_officer: 'Review officer', dispatch_officer: 'Dispatch officer', supervision_officer: 'Supervision officer', callback_officer: 'Callback officer',
    analysis_assessor: 'Analyst and assessor', city_leader: 'City leader', town_clerk: 'Town clerk', town_leader: 'Town leader', community_clerk: 'Community clerk',
    community_secretary: 'Community secretary', linked_member: 'Linked member', department_clerk: 'Department clerk', department_leader: 'Department leader',
    sys_admin: 'System administrator', sec_admin: 'Security administrator', audit_admin: 'Audit administrator', appellant: 'Appellant', system: 'System',
  },
  unit_kinds: { city: 'City', town: 'Town', community: 'Community', grid: 'Grid', department: 'Department' },
  unit_groups: {
    city: 'City', subdistrict: 'Subdistrict', town: 'Town', community: 'Community', base: 'Base grid', exclusive: 'Exclusive grid', party: 'Party organs', npc_cppcc_judicial: 'Congress, CPPCC, courts',
    mass_org: 'Mass organisations', government: 'Government', vertical: 'Vertical agencies', public_institution: 'Public institutions', public_utility: 'Utilities', zone_or_soe: 'Zones and state firms',
  },
  venue_types: { industrial_park: 'Park', commercial_market: 'Market', school: 'School', hospital: 'Hospital', other_venue: 'Other venue' },
  calls: { grid: 'Resident calls, community answers', community: 'Community calls, town answers', town: 'Town calls, city answers' },
  why_units: { catalogue: 'Dispatch catalogue', category: 'Leads this category', area: 'Local town', history: 'Closed most of this kind' },
  limit_units: { minutes: 'minutes', office_minutes: 'office minutes', working_days: 'working days' },
};
