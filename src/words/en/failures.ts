import type { failures as zh } from '../zh/failures.ts';

export const failures: typeof zh = {
  not_found: {
    title: 'No such page',
    text: 'The address may be wrong, or this is outside what you may see. Check the number, or start from the menu.',
  },
  forbidden: {
    title: 'Not possible in this post',
    text: 'Your current post does not allow this. If you hold another post, switch at the top right and try again.',
  },
  cross_site: {
    title: 'Request blocked',
    text: 'This did not come from one of our pages, so nothing was done. Go back to the page and try again.',
  },
  conflict: {
    title: 'It has moved on',
    text: 'Somebody else has just dealt with this, so nothing was done. Look at it as it is now before you decide.',
  },
  bad_request: {
    title: 'We could not read that',
    text: 'What arrived was incomplete or malformed, and nothing was saved. Go back and send it again.',
  },
  too_large: { title: 'Too large', text: 'What was sent is over the limit, and nothing was saved. Send fewer or smaller files.' },
  too_many: { title: 'Too many tries', text: 'Please wait a moment and try again.' },
  unavailable: {
    title: 'Not available right now',
    text: 'The system is busy or under maintenance, and nothing was done. Please try again shortly.',
  },
  broken: {
    title: 'Something went wrong',
    text: 'It has been recorded. Try again later; if it still fails, give the administrator the number below.',
  },
  picture_waiting: {
    title: 'The photo is being prepared',
    text: 'Many people are sending photos right now. This one has arrived and can be seen in a minute or two.',
  },
  picture_unreadable: {
    title: 'The photo cannot be read',
    text: 'This photo was damaged before it was sent and cannot be opened. Ask whoever sent it for another one.',
  },
  own_account: {
    title: 'Not your own account',
    text: 'Your account and posts are handled by another administrator. Change your password under “Account and security”.',
  },
  administrator_account: {
    title: 'An administrator’s password',
    text: 'The passwords of the three administrators are changed only by themselves; if one is lost, operations reset it on the server.',
  },
  moved_on: {
    title: 'It has moved on',
    text: 'This has gone to its next step, so nothing was done. Look at it as it is now before you decide.',
  },
  part_open: {
    title: 'A part is still open',
    text: 'What was forwarded below is not done yet, so this cannot be submitted, returned or escalated. Urge the parts on, or recall them.',
  },
  about_unit_leads: {
    title: 'It is about this unit',
    text: 'The unit complained about, and those below it, cannot lead. Choose another one.',
  },
  not_for_members: {
    title: 'Not for a grid',
    text: 'Confidential appeals, reports, and complaints about the people on the spot never go to a grid. Choose the community or the town.',
  },
  no_handler: {
    title: 'This unit handles no orders',
    text: 'The command centre does not handle orders itself. Choose a town, community, grid or department.',
  },
  cannot_merge: {
    title: 'Cannot be merged into that one',
    text: 'The target must be another appeal that is still open and not merged itself. Check the number.',
  },
  target_not_done: { title: 'The target is not done yet', text: 'A merged appeal is rated once the work on its target is done.' },
  rated_already: { title: 'Rated already', text: 'The first evaluation of a round is final.' },
  link_over: {
    title: 'This link can no longer be used',
    text: 'It was used, has expired, or the matter is being worked on again. Number and code show how it stands.',
  },
  rework_first: { title: 'Rework it first', text: 'After a first dissatisfaction the unit does it again; it cannot be closed.' },
  nothing_to_countersign: {
    title: 'Nothing to countersign',
    text: 'Only closing after a second dissatisfaction needs a countersign.',
  },
  no_termination_request: {
    title: 'No request to end it early',
    text: 'The unit has made no written request, or it has been dealt with or become void.',
  },
  no_shift: {
    title: 'No shift to hand over',
    text: 'A note is written by whoever was on shift: during it, or up to 12 hours after.',
  },
  already_asked: { title: 'Asked already', text: 'A request to end this appeal early is being dealt with.' },
  second_person: {
    title: 'A second person confirms',
    text: 'Neither who asked for the termination nor who proposed it may confirm it.',
  },
  whistle_own: {
    title: 'One’s own whistle is approved by another',
    text: 'Who drafted it cannot approve it. Ask another leader.',
  },
  whistle_part_open: { title: 'A part is still open', text: 'Confirm every part as finished first.' },
  own_request: { title: 'Your own request', text: 'You asked for this return; somebody else rules on it.' },
  reopen_too_late: {
    title: 'Too late to reopen',
    text: 'It was closed too long ago. If there is something new, please call the hotline.',
  },
  not_below: {
    title: 'Forward goes below only',
    text: 'An order is forwarded to a community or grid of your own. If others are needed, escalate.',
  },
  forwarded_before: { title: 'Forwarded already', text: 'That unit has a part of this order that is still open.' },
  limit_is_past: { title: 'That limit cannot be met', text: 'The day by which it is to be done must still be to come.' },
  supervised_already: {
    title: 'Supervised already',
    text: 'A supervision order is open on this work order. Please go on there.',
  },
  rung_skipped: {
    title: 'A rung would be skipped',
    text: 'Urge, supervision order, listing, talk: one after the other. Only the supervision officer skips one, with a reason.',
  },
  talk_to_come: { title: 'The talk is still to come', text: 'Its minutes are recorded once it has begun.' },
  solved_already: { title: 'Struck off already', text: 'This is no longer on the ledger of key tracking.' },
  no_promised_day: { title: 'A promise needs a day', text: 'Say by which day, today or later, it will be solved.' },
  extension_too_late: {
    title: 'Too late to extend',
    text: 'An extension is asked before the order is due; this one is overdue. Finish it soon, or speak to the supervision desk.',
  },
  extended_before: { title: 'Asked before', text: 'An extension is asked once a round.' },
  extension_not_later: { title: 'Not a later day', text: 'The new day must lie after the present one.' },
  extension_too_long: { title: 'Too long', text: 'The new day is more working days later than allowed. Choose an earlier one.' },
  extension_beyond_whole: {
    title: 'Later than the whole',
    text: 'A part cannot be due after the order it is part of. Ask for the whole first.',
  },
  no_review_day: { title: 'Not a day of review', text: 'It must be after today and within the longest suspension.' },
  request_open: { title: 'Something is asked already', text: 'An extension or suspension of this order waits for its decision.' },
  no_request: { title: 'Nothing to decide', text: 'It has been decided, or the order has moved on.' },
  no_milestone: { title: 'No milestone left', text: 'All are confirmed, or this category has none.' },
  month_closed: {
    title: 'The month is closed',
    text: 'Nothing is excluded any more. Within five working days of publication you may object to the score.',
  },
  month_open: { title: 'Not published yet', text: 'Objections are about published scores. For now you may ask for exclusion.' },
  excluded_already: {
    title: 'Asked before, or not counted',
    text: 'This order does not count, or a request about it is waiting.',
  },
  objected_already: {
    title: 'Objected before, or not counted',
    text: 'This order does not count, or the same was claimed before.',
  },
  objection_too_late: { title: 'Too late', text: 'Objections are taken within five working days of publication.' },
  month_confirmed: {
    title: 'This month’s score is confirmed',
    text: 'It is not changed any more. The member may object within five working days.',
  },
  outside_calling_hours: {
    title: 'Not at this hour',
    text: 'Callbacks are made at set hours only (parameters “Calls from”, “Calls until”), so that nobody is disturbed. Please call then; emergencies are excepted.',
  },
  own_unit_calls: {
    title: 'Not by the unit that handled it',
    text: 'You hold or held a post at a unit with an order of this appeal. Another callback officer calls.',
  },
  own_first_call: { title: 'Another person calls again', text: 'You made the first call; the second is somebody else’s.' },
  published_already: {
    title: 'Already published',
    text: 'What is published stays as it is. To correct it, draft a further version.',
  },
  not_approved: { title: 'Not approved yet', text: 'Another person has to approve it before it can be published.' },
  decided_already: { title: 'Settled already', text: 'Somebody else has dealt with it, or it has not come to this step.' },
  another_person: { title: 'Somebody else has to', text: 'Asking, deciding and confirming are done by different people.' },
  proposed_already: { title: 'A version is waiting', text: 'Confirm or drop that one first.' },
  scheme_too_late: {
    title: 'Its month has begun',
    text: 'A version is in force only from a month after its confirmation. Drop it and propose another.',
  },
  own_change: {
    title: 'Somebody of another post confirms',
    text: 'Changes of parameters are proposed by the system administrator and confirmed by the security administrator, never by one person.',
  },
  change_open: {
    title: 'A change is under way',
    text: 'A change of this parameter waits to be confirmed or to take effect. It can be changed again after that.',
  },
  designated: {
    title: 'Designated to you',
    text: 'It was ruled that your unit handles this order; it cannot be returned again.',
  },
  return_too_late: {
    title: 'Too late to return',
    text: 'A return is asked within two working days, and before half of the time is over.',
  },
  returned_before: {
    title: 'Returned before',
    text: 'A unit may ask once to return an appeal, also when it comes to it again.',
  },
  third_return: {
    title: 'Designated',
    text: 'Two returns of this appeal were upheld, so this dispatch designates: it cannot be returned. If others are needed, ask for a co-handler or whistle.',
  },
  set_empty: { title: 'No change yet', text: 'Add at least one change of a rule before handing it over.' },
  set_too_late: {
    title: 'Its day has passed',
    text: 'The day from which it should hold is over. Whoever proposed it takes it back, sets another day and hands it over again.',
  },
  own_set: {
    title: 'A second person decides',
    text: 'A change of the dispatch catalogue is proposed by one person and activated or rejected by another dispatch or supervision officer.',
  },
  not_own_set: { title: 'Not yours', text: 'Only whoever proposed it edits the draft or takes it back.' },
  draft_open: { title: 'You have another draft', text: 'Hand over or drop that draft first, then take this one back.' },
  same_unit: { title: 'The same unit', text: 'Choose another unit.' },
  no_lead: { title: 'No lead order to rework', text: 'Check the orders of this appeal, or reopen it and dispatch it anew.' },
};
