import type { desks as zh } from '../zh/desks.ts';

export const desks: typeof zh = {
  fields: {
    answer: 'Answer', line: 'Transferred to', transferred_at: 'Time of transfer', question: 'What is missing', supplement: 'Details supplied', files: 'Photos, sound or PDF',
    decline_reason: 'Legal reason', other_way: 'The other way to go', kind: 'Kind', category_code: 'Category', priority: 'Priority', about_unit_id: 'Unit complained about',
    place_unit_id: 'Place', target: 'Merge into', reason: 'Reason', lead_unit_id: 'Lead unit', co_unit_ids: 'Co-handlers', instruction: 'Instruction',
    callback_outcome: 'Outcome of the call', contacted: 'Did the unit contact you?', solved: 'Is it solved?', level: 'Satisfaction', remark: 'Remark', new_fact: 'New fact or reason',
    comment: 'Comment', how: 'How', result_of_contact: 'What was said', progress: 'Progress', unit_id: 'Unit', tried: 'What was tried', needed: 'What is needed from above',
    ruling: 'Ruling', outcome: 'Outcome', result: 'What was done', promised_on: 'Promised by', request: 'Written request', due_on: 'To be done by',
  },
  hints: {
    about_unit_id: 'For complaints about a unit: it cannot lead and never sees the caller.', target: 'Number of another open appeal', other_way: 'Where the appellant may lawfully turn',
    result: 'What was done and with what result; the appellant will read it', promised_on: 'Required when the outcome is a promise; the date is tracked',
    tried: 'Say what this level has done', co_unit_ids: 'Several may be chosen', files: 'A picture after the work is advised', question: 'Sent to the appellant; the review clock pauses',
    new_fact: 'A repeat without new facts is answered with the earlier result', supplement: 'What the appellant added', category_code_return: 'The category it should go by',
  },
  placeholder: {
    building: 'Estate, building, grid or community; initials work', category: 'Category or its initials', unit: 'Unit or its initials', instruction: 'Please verify, handle in time and report back.',
  },
  register: {
    title: 'Register an appeal', caller: 'Caller', phone: 'Caller’s number', name: 'Name', content: 'What happened', title_field: 'Title', title_hint: 'Empty: the first sentence is used', place: 'Place',
    address: 'More on the address', channel: 'Channel', kind: 'Kind', category: 'Category', priority: 'Priority', confidential: 'Confidential', confidential_hint: 'Only city posts and the holder of the order see it',
    no_contact: 'No contact wanted', about: 'Unit complained about', then: 'Then', then_review: 'To review', then_answer: 'Answer now', then_transfer: 'Transferred to an emergency line', submit: 'Register',
    history: 'Earlier appeals of this number', history_none: 'No earlier appeals', likely: 'Likely duplicates', likely_none: 'Nothing similar found', suggested: 'Suggested category', because: 'because of',
    emergency: 'Danger to life: transfer to 110, 119, 120 or 122 first, then record the transfer.', done: (number) => `Registered as ${number}`, typed_place: 'Choose the place from the list',
    anonymous: 'Without number and name the appeal is anonymous', mine: 'My reports', use: 'Use', repeat: 'Register as a repeat', of: 'of', files: 'Photos, sound or PDF', place_text: 'Place',
  },
  queues: { review: 'Review', dispatch: 'Dispatch', handling: 'Handling', approval: 'Approval', callback: 'Callback', supervision: 'Supervision' },
  sorted: {
    review: 'What is due first comes first', dispatch: 'What is due first comes first', handling: 'What is due first comes first', approval: 'What is due first comes first', callback: 'What is due first comes first', supervision: 'The latest comes first',
  },
  tabs: {
    pending_review: 'To review', awaiting_details: 'Awaiting details', grid_emergency: 'Grid emergencies', pending_dispatch: 'To dispatch', unacknowledged: 'Unacknowledged', returns: 'Returns to rule',
    due_soon: 'Due soon', overdue: 'Overdue', pending_callback: 'To call back', answered: 'Answered', followers: 'Merged to call', pending_ack: 'To acknowledge', in_progress: 'In progress',
    return_requested: 'Return asked', submitted: 'In approval', parts: 'Forwarded', awaiting_approval: 'To approve', last_resort: 'Raised approvals', countersign: 'To countersign', terminations: 'Terminations', tracked: 'Key tracking',
  },
  columns: { appeal: 'Appeal', place: 'Place', channel: 'Channel', unit: 'Unit', due: 'Time left', status: 'Status' },
  empty: { title: 'Nothing here', text: 'New work appears here, what is due first on top.' },
  registered: (number) => `Registered as ${number}`,
  pick_one: 'Choose a case on the left to see and act on it here.',
  preview: 'Preview', open_case: 'Open case', next_step: 'Next step', nothing_to_do: 'There is nothing for you to do now.', waiting_for: (who) => `Waiting for: ${who}`,
  more_acts: 'Other acts', facts: 'Appeal', caller: 'Caller', anonymous: 'Anonymous', hidden: 'Confidential', place: 'Place', category: 'Category', channel: 'Channel', kind: 'Kind', member: 'Linked member',
  received: 'Received', due: 'Time limit', lead: 'Lead', co: 'Co-handler', part: 'Part', about: 'About', registered_by: 'Registered by', number: 'Number', round: (n) => `Round ${n}`, evaluation: 'Evaluation',
  trail: 'Trail', trail_rows: (n) => `${n} entries`, trail_ok: 'verified', trail_broken: (n) => `entry ${n} does not verify`, related: 'Similar and repeat', related_none: 'No similar or repeat appeals found',
  files: 'Files', path: 'Call path', orders: 'Work orders', instruction: 'Instruction', took: (span, limit) => `took ${span} (limit ${limit})`, merged_into: 'Merged into', followers: 'Merged here',
  reveal: 'Reveal caller', reveal_reason: 'Why it is needed', reveal_left: (n) => `${n} more today; each is recorded`, revealed: 'Caller (this look is recorded)', reveal_none_left: 'No more reveals today; ask the supervision officer',
  why: { same_phone: 'Same number', same_building: 'Same building', same_place_and_category: 'Same kind and place', similar_words: 'Similar words' },
  clash: {
    title: 'It has moved on', text: (who, act, at, status) => `${who}: ${act} at ${at}; it now stands at “${status}”. Your act was not done; what you typed is kept below.`,
  },
  done: (act) => `Done: ${act}`, print: 'Print', copy: 'Copy link', suggestion: (why) => why, share: (n) => `led ${n}% of this kind`, own_choice: 'Another unit', templates: 'Templates',
  recommended: 'Suggested by category and place', kinds_of_files: 'JPG, PNG or WebP pictures, sound or PDF', provisional: 'The working calendar of that year is not published yet: Monday to Friday assumed.',
  round_reason: 'Why dissatisfied', existing_evaluation: 'The appellant has rated already', callback_script: 'Good day, this is the city hotline calling back about your appeal: did the unit contact you? Is it solved? Are you satisfied with the result?',
  attempts: (n) => (n === 1 ? 'Called once' : `Called ${n} times`), call_log: 'Calls', answer: 'Answer', handled_by: 'Handled by', sheet: 'Case sheet', result: 'Result', printed: (when) => `Printed ${when}`, outcome: 'Outcome',
};
