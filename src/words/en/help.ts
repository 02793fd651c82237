import type { help as zh } from '../zh/help.ts';

export const help: typeof zh = {
  title: 'Handbook',
  yours: 'Your post',
  posts: 'All posts',
  sits_at: (unit) => `Held at: ${unit.toLowerCase()}`,
  does: 'What it does',
  situations: 'Situations you will meet',
  desks: 'Where you work',
  first: 'You land here when you sign in',
  acts: 'What you may do',
  acts_lead: 'A button appears under “Next step” on the case and the desk only where the appeal stands in the state named here.',
  no_acts: 'This post does not work on appeals.',
  also: 'You may also',
  keys: 'Keys',
  keys_lead: 'Press them on a desk or a case; while you are typing only Ctrl + Enter and Esc work.',
  limits: 'Limits',
  limits_lead:
    '“Working” and “office” time counts the office hours of working days only; everything else runs on through nights and holidays. A category may set limits of its own.',
  by_priority: 'By priority',
  sees: 'What you see',
  not_sees: 'What you do not see',
  reveals: (n) =>
    `Callers’ names and numbers are masked. You may reveal one by giving a reason; every look is recorded, at most ${n} a day.`,
  never_reveals: 'A caller’s full name and number: they stay masked.',
  columns: { act: 'Act', when: 'In which state, and what follows', needs: 'What you fill in' },
  of: { appeal: 'Appeal', order: 'Work order' },
  stays: 'stays as it is',
  nothing: 'Nothing',
  may_add: (fields) => `If you like: ${fields}`,
  over_no_open_part: 'Not while a part of it is open.',
  reach: {
    readable: 'Appeals you can read',
    holder: 'Orders your unit holds',
    holder_city: 'Confidential appeals: you speak for the handling unit',
    desk: 'Appeals your unit leads',
    desk_city: 'Any appeal in the city',
    maker: 'Parts your unit forwarded',
    maker_city: 'Lead orders, and co-orders made by the city',
    approver: 'Submissions that wait for you',
  },
  notes: {
    request_extension: 'Before it is due, once a round; the appellant is told when it is granted.',
    grant_extension: 'Never by whoever asked.',
    grant_suspension: 'Never by whoever asked; all clocks of the work stand.',
    resume: 'What was left is laid out anew from now; on the day of review it resumes by itself.',
    reach_milestone: 'One by one in their order; only where the category has milestones.',
    request_return: 'Once for each order, and never after it was designated to you.',
    submit: '“Promised by a date” needs the date, and the date is tracked.',
    forward: 'Makes a part, due no later than the order itself.',
    approve: 'Never what you submitted yourself.',
    send_back: 'The time to handle runs on from where it stopped.',
    escalate: 'Grids never return, they escalate; an emergency goes straight to the city.',
    rate: 'Only for appeals merged into another, one by one, once the work is done.',
    attempt: 'For a call that led to nothing.',
    countersign: 'After the second dissatisfaction nothing closes without it.',
    propose_termination: 'After the unit’s written request.',
    terminate: 'By somebody other than those who asked and proposed.',
    merge: 'Into an open appeal; everyone keeps a number, an answer and a rating.',
    transfer: 'A record only; no order is made.',
    reassign: 'The old order and its parts are recalled; the new one has its own clock.',
    recall: 'Before it has been acknowledged.',
    reject_return: 'The unit cannot return it again.',
    correct: 'Only city posts correct the place.',
    reopen: 'A new round that begins with review.',
    contact: 'The lead unit’s first call or visit; not needed where the appellant wants none.',
  },
  permissions: {
    'appeal.register': 'Register appeals',
    'appeal.read': 'Read appeals',
    'appeal.reveal': 'Reveal a caller, with a reason',
    'appeal.export': 'Export the ledger (callers masked, purpose stated, always recorded)',
    'whistle.read': 'See whistles',
    'whistle.draft': 'Draft a whistle',
    'whistle.propose': 'Propose a whistle',
    'whistle.issue': 'Approve a whistle (not one’s own)',
    'whistle.reject': 'Reject a whistle',
    'whistle.acknowledge': 'Acknowledge a whistle',
    'whistle.check_in': 'Check in to a whistle',
    'whistle.refuse': 'Refuse a whistle on written legal grounds',
    'whistle.record_minutes': 'Record minutes of a consultation',
    'whistle.add_part': 'Give parts in consultation',
    'whistle.report_part': 'Report on a part',
    'whistle.finish_part': 'Confirm that a part is finished',
    'whistle.resolve': 'Resolve a whistle',
    'whistle.rate': 'Rate the called units',
    'whistle.judge': 'Judge whether the whistle was necessary',
    'whistle.end': 'End a whistle',
    'whistle.withdraw': 'Withdraw a whistle',
    'whistle.consult': 'Begin the consultation when the check-in time is over',
    'desk.hotline': 'Use the hotline page',
    'desk.review': 'Use the review desk',
    'desk.dispatch': 'Use the dispatch desk',
    'desk.supervision': 'Use the supervision desk',
    'desk.callback': 'Use the callback desk',
    'desk.handling': 'Use the handling desk',
    'desk.approval': 'Use the approval desk',
    'phone.use': 'The member’s phone: to do, report, my grid',
    'unit.read': 'See units, grids and buildings',
    'unit.edit': 'Add, change and end units',
    'grid.edit': 'Keep grids and buildings',
    'member.read': 'See linked members',
    'member.edit': 'Keep linked members',
    'visit.read': 'See visits and coverage of the own grids',
    'visit.make': 'Plan visits, check in, write them down',
    'watch.keep': 'Note the four situations and follow them up',
    'watch.health': 'Read what was noted of an illness, for a reason, each time recorded',
    'duty_log.tick': 'Tick the duty log',
    'duty_log.read': 'See which duties were done',
    'field.read': 'See who is in the field',
    'substitute.read': 'See substitutes',
    'substitute.edit': 'Name and end substitutes',
    'duty.read': 'See who is on duty',
    'duty.edit': 'Set who is on duty',
    'plate.read': 'See QR plates',
    'plate.edit': 'Make, print and revoke QR plates',
    'plate.check': 'Check QR plates',
    'household.code': 'Hand out and revoke household codes',
    'review.read': 'See residents’ reviews of linked members',
    'review.unpublish': 'Take abusive words of a review down',
    'review.own': 'See residents’ reviews of oneself (not whose they are)',
    'party.read': 'See Party organisations and members',
    'party.edit': 'Keep Party organisations and members',
    'catalog.read': 'See categories, dispatch catalogue and working calendar',
    'catalog.edit': 'Keep categories and instruction templates',
    'catalog.propose': 'Propose changes of the dispatch catalogue',
    'catalog.activate': 'Simulate changes of the dispatch catalogue, activate or reject those of others',
    'parameter.read': 'See parameters',
    'parameter.edit': 'Propose changes of parameters, change the working calendar',
    'parameter.confirm': 'Confirm or reject changes of parameters',
    'account.read': 'See accounts and posts',
    'account.edit': 'Open and close accounts, reset passwords',
    'post.edit': 'Grant and end posts',
    'assessment.read': 'See the assessment of the units',
    'assessment.explain': 'Open a score down to its cases',
    'assessment.edit': 'Propose changes of the scoring scheme',
    'assessment.confirm': 'Confirm changes of the scoring scheme',
    'exclusion.request': 'Ask for a case to be left out of the score',
    'exclusion.decide': 'Decide such requests',
    'exclusion.confirm': 'Confirm that a case is left out',
    'objection.file': 'Object to a published score',
    'objection.decide': 'Decide objections',
    'objection.confirm': 'Confirm an objection, which revises the month',
    'supervision.read': 'read supervision orders, cards and what is outstanding',
    'supervision.reply': 'acknowledge and reply to supervision orders',
    'supervision.judge': 'accept or send back replies to supervision',
    'supervision.list': 'list a supervision order',
    'supervision.summon': 'summon to a talk and record it',
    'tracking.read': 'read the key-tracking ledger',
    'tracking.edit': 'keep the key-tracking ledger',
    'shift.read': 'See the roster and who is on duty',
    'shift.edit': 'Make the roster',
    'shift.keep': 'Swap shifts, write and take over hand-over notes',
    'wall.read': 'Wall screen of the command centre',
    'outbox.read': 'See messages that were not delivered',
    'outbox.settle': 'Send undelivered messages again, or settle them',
    'message_text.edit': 'Change the texts that appellants and staff get',
    'health.read': 'See the state of the system',
    'job.read': 'See the timetable of jobs',
    'job.run': 'Run jobs by hand',
    'member_score.read': 'See the monthly scores of the members below',
    'member_score.propose': 'Score a member’s month',
    'member_score.confirm': 'Confirm monthly scores, rule on objections',
    'member_score.own': 'See one’s own monthly score and object to it',
    'spot_check.make': 'Check samples of a member’s information',
    'member_mark.propose': 'Propose a bonus or penalty for a member',
    'member_mark.confirm': 'Confirm a bonus or penalty (not one’s own proposal)',
    'recall.read': 'See where second calls differ',
    'recall.make': 'Make second calls (never who called first)',
    'integrity.read': 'See the weekly list of what looks wrong',
    'integrity.judge': 'Judge what looks wrong; another person confirms',
    'report.read': 'Read overview, pivot and working times',
    'deduction.export': 'Export the deductions of closed months',
    'bulletin.read': 'Read published bulletins',
    'bulletin.edit': 'Edit and publish bulletins',
    'bulletin.approve': 'Approve bulletins',
    'case_story.read': 'Read typical cases',
    'case_story.edit': 'Write typical cases',
    'case_story.approve': 'Approve or withdraw others’ typical cases',
    'export.approve': 'Grant large exports of others',
    'audit.read': 'Read the audit logs and verify the chain',
  },
  key_names: { open: 'Open the case', send: 'Send the form you are in', list: 'List every key of the page', pages: 'Turn pages' },
  parameters: {
    'limit.review': 'Review, from registration',
    'limit.details': 'Waiting for details, then closed',
    'limit.dispatch': 'Dispatch, from acceptance',
    'limit.dispatch.emergency': 'Dispatch, emergencies',
    'return.window': 'Asking to return, from dispatch and at most half the time to handle',
    'limit.ruling': 'Ruling on a return',
    'limit.ruling.round_the_clock': 'Ruling on a return, urgent and emergency',
    'limit.decision': 'Deciding on extension or suspension',
    'limit.decision.round_the_clock': 'Deciding on extension or suspension, urgent and emergency',
    'extension.working_days': 'An extension, beyond the old due day, at most',
    'suspension.days': 'A suspension, until its review, at most',
    'limit.approve': 'Approving a submission',
    'limit.approve.round_the_clock': 'Approving, urgent and emergency',
    'limit.rework': 'Rework after dissatisfaction',
    'limit.callback': 'Callback, from completion',
    'callback.attempts': 'Calls before closing unrated, at least',
    'callback.self_evaluation_days': 'Days before closing unrated, at least',
    'callback.days': 'Days on which these calls fall, at least',
    'callback.recall_percent': 'Share drawn for a second call',
    'integrity.mark_days': 'The mark of where a rating came from is kept',
    'whistle.emergency.acknowledge': 'Acknowledging an emergency whistle',
    'whistle.emergency.check_in': 'Checking in to an emergency whistle',
    'whistle.routine.acknowledge': 'Acknowledging a routine whistle',
    'whistle.routine.check_in': 'Checking in to a routine whistle',
    'whistle.hard.acknowledge': 'Acknowledging a hard whistle',
    'whistle.hard.check_in': 'Checking in to a hard whistle',
    'whistle.project.acknowledge': 'Acknowledging a project whistle',
    'whistle.project.check_in': 'Checking in to a project whistle',
    'reopen.within_days': 'Appellants may ask to reopen, from closure',
    'archive.after_days': 'Archived after closure, then read-only',
    'reveal.daily_limit': 'Callers revealed, each person a day',
    'visits.target_fulltime': 'Visits a month, full-time',
    'visits.target_assistant': 'Visits a month, assistants',
    'visits.position_days': 'Positions of check-ins are kept',
    'watch.discontent_days': 'Discontent is kept',
    'watch.health_days': 'What is said of health is kept, from closing',
    'grid.households_min': 'Households of a grid, a warning below',
    'grid.households_max': 'Households of a grid, a warning above',
  },
  times: (n) => (n === 1 ? 'once' : `${n} times`),
  households: (n) => `${n} households`,
  percent: (n) => `${n}%`,
  working_days: (n) => `${n} working days`,
  files: 'Files sent with an act',
  files_most: (files, megabytes) => `at most ${files}, each up to ${megabytes} MB`,
  session: 'Sign-in',
  session_most: (idle, absolute) => `ends after ${idle} without use, after ${absolute} in any case`,

  sight: {
    command: {
      sees: ['Every appeal of the city, confidential ones too, with its orders, files and trail.'],
      not: ['Accounts and audit logs: those are the three administrators’.'],
    },
    leader: {
      sees: [
        'Every appeal of the city, confidential ones too, with its orders, files and trail.',
        'Units, grids, linked members, Party organisations and the rules.',
      ],
      not: ['Accounts and audit logs: those are the three administrators’.'],
    },
    town: {
      sees: [
        'Appeals whose place lies in the town.',
        'Appeals sent to the town, its communities or grids, wherever their place is.',
      ],
      not: [
        'Other towns’ appeals: they look as if they did not exist.',
        'Appeals whose return was upheld, unless their place lies in the town.',
        'Confidential appeals, except while the town itself holds an order; never their callers.',
        'Appeals about the town or a unit below it, unless the town holds an order; never their callers.',
      ],
    },
    community: {
      sees: [
        'Appeals whose place lies in the community.',
        'Appeals sent to the community or its grids, wherever their place is.',
      ],
      not: [
        'Other communities’ appeals: they look as if they did not exist.',
        'Confidential appeals, except while the community itself holds an order; never their callers.',
        'Appeals about the community or its grids, unless it holds an order; never their callers.',
      ],
    },
    grid: {
      sees: ['Appeals whose place lies in the grid.', 'Appeals sent to the grid.'],
      not: [
        'Other grids’ appeals: they look as if they did not exist.',
        'Confidential appeals and reports: they never come down to a grid.',
        'Appeals about the grid itself.',
      ],
    },
    department: {
      sees: ['Appeals sent to the department, as lead or as co-handler.'],
      not: [
        'Appeals never sent here: they look as if they did not exist.',
        'Appeals whose return was upheld.',
        'Callers of confidential appeals; and once such an order is recalled or reassigned, the appeal itself.',
        'Appeals about the department, unless it holds an order; never their callers.',
      ],
    },
    administrator: {
      sees: ['The pages in this post’s menu.'],
      not: [
        'Any appeal, work order or caller.',
        'The working pages of the other two administrators: the three posts are held by three people.',
      ],
    },
  },

  pages: {
    hotline_agent: {
      does: 'You answer the city’s hotline and take in what comes by web: what happened, where, and how to reach the caller, with the place found down to the building. What can be answered on the spot is answered; the rest is registered for review. Yours is the first voice an appellant hears.',
      situations: [
        {
          title: 'It can be answered on the phone',
          text: 'Under “Then” choose “Answer now”, write the answer and register. It gets a number and no order; the callback officer still asks for a rating, and dissatisfaction sends it back to review.',
        },
        {
          title: 'Somebody is in danger',
          text: 'Transfer to 110, 119, 120 or 122 first. Then choose “Transferred to an emergency line” under “Then” and note which one. Such a record makes no order and is counted nowhere.',
        },
        {
          title: 'The same number calls again',
          text: 'As soon as the number is in, its earlier appeals appear on the right. If it is the same matter choose “Register as a repeat” and the two are linked; if not, register as usual.',
        },
        {
          title: 'The caller wants to stay confidential',
          text: 'Tick “Confidential”. From then on only city posts and the holder of the order can read it, and the holder never sees the caller. You relay between the two and record the first contact on the order.',
        },
        {
          title: 'More details, or never mind',
          text: 'Find the appeal by its number. If it awaits details choose “Supply details” and the review clock runs on; if the caller gives it up choose “Withdraw” with the reason, and open orders are recalled.',
        },
      ],
    },
    review_officer: {
      does: 'You read every new appeal: what kind it is, which category, how urgent, whether it is for the government at all, and whether others have said the same. What is accepted goes to dispatch; what is declined gets its legal reason and the other way to go.',
      situations: [
        {
          title: 'The place or the story is unclear',
          text: 'Choose “Ask for details” and write what is missing. The appellant gets it as a text message and the review clock pauses. It runs on when the details come; without them the appeal lapses, and may be reopened.',
        },
        {
          title: 'It is not ours to handle',
          text: 'Choose “Decline”: one of six legal reasons, and where the appellant may lawfully turn instead. Both are told to the appellant and neither may be missing.',
        },
        {
          title: 'Several people, one matter',
          text: 'Choose “Merge” and give the number of the main appeal. One piece of work, but each has a number, an answer and a rating; one dissatisfied appellant reworks all. “Undo merge” brings an appeal back to review.',
        },
        {
          title: 'The complaint is about a unit',
          text: 'Name the unit complained about when accepting. Neither it nor a unit below it can lead, nor see the caller. Confidential appeals, reports and complaints about local staff come to you first and never to a member’s phone.',
        },
        {
          title: 'An emergency in a grid',
          text: '“Grid emergencies” lists those being handled below that the city never accepted: watch them without waiting to be called.',
        },
      ],
    },
    dispatch_officer: {
      does: 'You choose one lead unit for every accepted appeal, co-handlers where they are needed, and write the instruction. You rule on returns, recall or reassign what went astray, and approve what nobody else below could.',
      situations: [
        {
          title: 'Who should have it?',
          text: '“Dispatch” lists likely leads by category and place with the reason: dispatch catalogue, leads this category, local town, or closed most of this kind. The first is chosen already; search any other under “Another unit”, initials will do.',
        },
        {
          title: 'A unit asks to return',
          text: 'Read the reason under “Returns to rule”. If it holds, “Uphold return”: a lead goes back to dispatch. If not, “Designate”: the unit cannot return again. Its time runs on meanwhile, so rule early.',
        },
        {
          title: 'It went to the wrong unit',
          text: 'Not yet acknowledged: “Recall”. Acknowledged: “Reassign” to another. Both want a reason; the order and its parts are recalled, each with its own line in the trail.',
        },
        {
          title: 'Several units are needed',
          text: 'One lead, the others co-handlers. The appeal is finished when every order is approved; a co-handler’s upheld return leaves the lead alone.',
        },
        {
          title: 'The only approver submitted it',
          text: 'Such submissions appear under “Raised approvals”. Look at result and pictures, then approve or send back.',
        },
      ],
    },
    supervision_officer: {
      does: 'You watch what is nearly or already late and find out where it is stuck. After a second dissatisfaction an appeal closes only with your countersign; a unit’s request to terminate is examined and proposed by you and confirmed by a second person.',
      situations: [
        {
          title: 'An appeal is overdue',
          text: '“Overdue” has the latest on top. Open it: call path and trail show with whom it stands. Speak to the unit and record what you asked for as a “Comment”; it stays in the trail for good.',
        },
        {
          title: 'Dissatisfied a second time',
          text: 'The appeal waits under “To countersign”. Compare the rounds, say why, and countersign; only then may the callback officer close, and the appeal enters key tracking. If it is reworked instead, a supervision order goes to the lead by itself.',
        },
        {
          title: 'A unit asks to terminate',
          text: 'Read the request under “Terminations”. Where a legal ground stands choose “Propose termination”; another supervision or review officer then terminates and names the other way to go. Whoever proposed cannot confirm.',
        },
        {
          title: 'A unit asks for more time',
          text: 'Under “Time requests” read reason and day. An extension is asked before it is due, once a round; with “Grant extension” the appellant is told the new day and why. With “Grant suspension” the clocks stand until the day of review. The extension of a part is decided by the unit that forwarded it.',
        },
        {
          title: 'It has been open for long',
          text: '“Key tracking” is the ledger of such cases, taken through the meetings one by one until they are solved.',
        },
        {
          title: 'A verdict takes two people',
          text: 'In “What looks wrong” you “Confirm the verdict” of another or send it back; yours is confirmed by another too.',
        },
      ],
    },
    callback_officer: {
      does: 'When the work is done you call the appellant with three questions: did the unit contact you, is it solved, are you satisfied. Record what was said. Satisfied and basically satisfied close; dissatisfied goes back to work.',
      situations: [
        {
          title: 'Reached, and satisfied',
          text: 'Choose “Close” and record the three answers as given. A round has one rating and the first counts; appeals merged into it close with it.',
        },
        {
          title: 'No answer',
          text: 'Choose “Not reached” and say how. Once there were enough calls and enough days without a rating, the product closes it as unrated, never as satisfied. Without a number there is nobody to call and it ends the same way.',
        },
        {
          title: 'Dissatisfied',
          text: 'Choose “Rework” and write what is wrong. The lead order goes back to work in a new round under the rework limit; a direct answer goes back to review. After the second time, closing needs the supervision officer’s countersign.',
        },
        {
          title: 'Those who were merged',
          text: 'When the work is done “Merged to call” lists each of them. Call one by one and use “Record evaluation”; one dissatisfied appellant reworks the main appeal.',
        },
        {
          title: 'It came back after closing',
          text: 'With a new fact choose “Reopen” and write it down: the appeal returns to review with its whole trail. Without one, tell the earlier result.',
        },
        {
          title: 'When may I call?',
          text: 'From 9 to 20; emergencies at any hour. Read from the “Script”. Who was not reached comes back after a while, and the calls fall on two days; with an agreed time the appeal comes back then. If you hold or held a post at a unit that handled it, the call is not yours.',
        },
        {
          title: 'Drawn for a second call',
          text: '“Second calls” holds a tenth of what was closed the day before, for somebody who did not make the first call. The second answer stands beside the first evaluation: it replaces nothing and moves no score. Where they differ, assessor and supervision look.',
        },
      ],
    },
    analysis_assessor: {
      does: 'You look for the pattern in the city’s appeals: what is frequent, where, what keeps coming back, which units are slow. You filter and export the ledger. You do not handle appeals.',
      situations: [
        {
          title: 'Where does it gather?',
          text: 'Choose a category in the ledger and compare towns and communities. Save the filters you use often; every filter is an address that can be passed on.',
        },
        {
          title: 'Taking data away',
          text: 'Export the list you see as Excel or CSV and state the purpose. Callers are masked; who, when, how many rows and why are recorded, and stand in the last line of the file.',
        },
        {
          title: 'Something was handled badly',
          text: 'Write a “Comment” on the appeal: the unit and supervision read it, and it stays in the trail.',
        },
        {
          title: 'Why did this unit lose points?',
          text: 'On the “Overview” open the unit: each term is a division written out, and each count opens its orders, which say why they count or not. The on-time rate and the base open too: one to its orders, the other to the units with their orders and scores.',
        },
        {
          title: 'Every Monday: what looks wrong',
          text: '“What looks wrong” lists last week’s ratings from numbers or networks of staff, work done without a contact, split matters, many withdrawals, pictures used again, with the evidence. You “Judge”, another person chooses “Confirm the verdict”. The list stops nobody and moves no score; what must not count is excluded by its own procedure.',
        },
        {
          title: 'Bulletin and typical cases',
          text: 'A bulletin is drafted when a month is closed. You edit it, another approves, and once published you can only “Correct it”. The public reads no number below 3 and none by which one could be reckoned. A typical case names its appeal inside, is told in your own words, and holds no name, number or address.',
        },
      ],
    },
    city_leader: {
      does: 'You can see where any appeal of the city stands, who has it and how much time is left. You read and do not act in others’ place: dispatching, approving and closing stay with their posts.',
      situations: [
        {
          title: 'One appeal in half a minute',
          text: 'Open it: the call path on top shows how it went between grid, community, town and city, the filled dot is where it is now; the trail below reads like a conversation, with how long each step took.',
        },
        { title: 'Where is it slow?', text: 'In the ledger tick “Overdue only”, then choose a town or a lead unit.' },
        {
          title: 'A word of yours',
          text: 'Write a “Comment”. It moves no clock and no responsibility, but stays with the appeal and cannot be changed.',
        },
        {
          title: 'Why did a unit lose points?',
          text: 'The “Overview” lists units below the base: open the unit, then the count that cost it points, and you stand before the cases. A closed month does not change; a correction is published beside it, and both can be read.',
        },
      ],
    },
    town_clerk: {
      does: 'You acknowledge the town’s orders, contact the appellant, handle and submit. What a community or grid should do you forward; what a community escalates you take up; what the town cannot do you escalate, and what is not the town’s you return. You may also approve what communities submit.',
      situations: [
        {
          title: 'A new order',
          text: 'Acknowledge first, which stops that clock. As lead, then contact the appellant and record how and what. Write “Progress” along the way, with pictures if you like.',
        },
        {
          title: 'A community would be faster',
          text: '“Forward” to a unit below with an instruction and a date: that makes a part. While a part is open your own order cannot be submitted; watch it under “Forwarded”.',
        },
        {
          title: 'Escalated from below',
          text: 'The order is the town’s now: acknowledge it. Settle it if you can; if the city is needed, write what was tried and what is needed and “Escalate”, and the appeal goes back to the command centre.',
        },
        {
          title: 'It is not the town’s',
          text: '“Request return” within its limit, with the reason and the right category. There is one chance, your time runs on until the ruling, and a designated order cannot be returned.',
        },
        {
          title: 'Somebody comes to the counter',
          text: '“Register an appeal” with channel walk-in: the order is the town’s at once.',
        },
        {
          title: 'Whistles',
          text: 'What needs departments on the spot is drafted as a whistle and issued by your leader. Its time runs from then: who does not acknowledge or check in is noted by the clock, not by a person. How long stands below under “Limits”.',
        },
        {
          title: 'Members of grids without a community',
          text: 'You score them in “Members’ monthly scores”; your leader confirms, never the same person.',
        },
      ],
    },
    town_leader: {
      does: 'You approve what the town and its communities submit: is it done, can this answer be shown to the appellant, do the pictures prove it. What is good goes to callback, what is not goes back. You may also handle the town’s orders yourself.',
      situations: [
        {
          title: 'Approving a submission',
          text: 'Look at the result and the pictures. Good: “Approve”, and the appellant gets this very answer. Not good: “Send back” and say what is missing; the time runs on from where it stopped.',
        },
        {
          title: 'I handled it myself',
          text: 'Nobody approves his own submission. If the town has no other approver it goes to the city’s dispatch officer by itself.',
        },
        {
          title: 'A forwarded part comes back',
          text: 'Rule on it under “Returns to rule” of the handling desk. Uphold: the part ends and the order stays with the town. Designate: it stays with them.',
        },
        {
          title: 'Who is on duty',
          text: 'Set it under “Duty”. New appeals land on the lowest tier with somebody on duty; if the town has nobody, with the city.',
        },
        {
          title: 'Confirming members’ scores',
          text: 'What the community scored you read term by term in “Members’ monthly scores”, and “Confirm” or “Send back”. Then it stands. The member may object within five working days; you rule, and what is upheld makes a further revision.',
        },
      ],
    },
    community_clerk: {
      does: 'You are the community station’s front line: acknowledge, contact, handle and submit; forward to grids and approve what they submit; escalate to the town what the community cannot do. You keep grids, buildings, linked members and duty up to date.',
      situations: [
        {
          title: 'A grid escalates',
          text: 'The order is the community’s now. Acknowledge, read what the grid has tried and what it needs, and go on; if it takes the town, escalate in turn.',
        },
        {
          title: 'Let the linked member do it',
          text: '“Forward” to a grid of yours: what, and by when. Its submission comes to your approval desk; when it is approved, your own order can be submitted.',
        },
        {
          title: 'Approving a grid’s work',
          text: 'Look at picture and answer. Small matters end in the grid: done by the grid, approved by the community, then the city’s callback. Never what you submitted yourself.',
        },
        {
          title: 'A member is away',
          text: 'Set him off duty under “Duty”. If the grid has somebody else, orders still go there; if nobody is left, new ones land with the community.',
        },
        {
          title: 'Grids or buildings changed',
          text: 'Change them under “Grids” and “Buildings”. A building stands in exactly one grid: choosing it at registration brings grid, community and town.',
        },
      ],
    },
    community_secretary: {
      does: 'You approve what the grids submit and answer for the community’s work; you may handle its orders yourself. You keep the community’s Party organisations, grid branches and members, and its linked members.',
      situations: [
        {
          title: 'Approving a grid’s work',
          text: 'Look at result and pictures. “Approve” sends it to callback; “Send back” says what is missing.',
        },
        {
          title: 'The grid cannot settle it',
          text: 'The order has come to the community. Handle it, forward it to another grid, or escalate to the town and say why.',
        },
        {
          title: 'It is about our own people',
          text: 'Such an appeal goes to the city’s review from the start. Neither community nor grid can read it, still less see the caller: do not ask around.',
        },
        {
          title: 'A Party organisation changes',
          text: 'Update it under “Party”. What history points to is never deleted, only dated.',
        },
        {
          title: 'Scoring linked members',
          text: 'On the 1st the product counts last month’s visits, information, reports, tasks and reviews. You check them in “Members’ monthly scores” and “Score”; the town confirms. Fewer than 10 days in post are not scored; withdrawn and declined reports are not valid; nobody sees which household reviewed.',
        },
        {
          title: 'Bonus and penalty',
          text: '“Propose bonus or penalty” with facts and evidence; it counts once another person at the town has confirmed it. At most 5 points of bonus a month; a penalty costs what its kind costs.',
        },
      ],
    },
    linked_member: {
      does: 'You are the one the people of the building turn to first. What comes by QR plate, snapshot or voice lands on your phone: acknowledge, visit or call, do it, photograph it, submit. What the grid can settle stays in the grid; what it cannot goes to the community.',
      situations: [
        {
          title: 'A new order',
          text: 'Acknowledge, then contact the appellant and note how and what was said. When done, “Submit completion”: what you did, with what result, and a picture after the work. The community approves it.',
        },
        {
          title: 'You see something on your way',
          text: 'Three steps: open “Register an appeal”, write a line and take a picture, send. Your grid is filled in already; choose snapshot, voice or patrol. Your own find without an appellant closes once approved, without a callback.',
        },
        {
          title: 'More than the grid can do',
          text: '“Escalate”: what was tried and what is needed. The order goes to the community. Grids never return an order: they do it or they escalate it.',
        },
        {
          title: 'It is an emergency',
          text: 'Call 110, 119 or 120 first. Then use “Correct category” to make it an emergency and “Escalate”: it goes straight to the city’s command centre.',
        },
        {
          title: 'My score of the month',
          text: 'In “My score” every term opens to what it counts. Withdrawn, declined and repeated reports are not valid, so report what can be worked on. If something is wrong, “Object” within five working days of the confirmation, once for each score, and say which term and why.',
        },
      ],
    },
    department_clerk: {
      does: 'You acknowledge the department’s orders, contact the appellant, handle, report and submit for your leader’s approval. A lead makes the first contact in time; what is not the department’s is returned in time.',
      situations: [
        {
          title: 'A new order',
          text: 'Acknowledge, then contact the appellant and record how and what. A co-handler need not call: do your part and submit it.',
        },
        {
          title: 'It is not ours',
          text: '“Request return” with the reason and the category it should go by, within the limit and only once. Your time runs on until the ruling, so do not wait. A designated order cannot be returned.',
        },
        {
          title: 'It is done',
          text: '“Submit completion”: what was done, the result, the evidence. Four outcomes: solved, explained, promised by a date, not possible. Write for the appellant, not for your superiors.',
        },
        {
          title: 'The law does not allow it',
          text: '“Request termination” with the legal reason. A supervision officer examines it and a second person confirms; until then your clock runs.',
        },
        {
          title: 'The appellant is dissatisfied',
          text: 'The order is back in progress, marked with its round, under the rework limit. Read why in the trail; do not hand in the same answer again.',
        },
        {
          title: 'A whistle',
          text: '“Acknowledge” it, then “Check in” within the time, in person or online, and also when late: the clock says how late, and who never comes is absent. A refusal needs its legal basis. The whistle score stands beside the assessment and is no part of it.',
        },
      ],
    },
    department_leader: {
      does: 'You approve what the department submits: the last gate before the answer goes to the appellant. You may also acknowledge and handle yourself.',
      situations: [
        {
          title: 'Approving a submission',
          text: 'Look at what was done and at the evidence. Good: “Approve”. Not good: “Send back” with the reason; the time runs on from where it stopped.',
        },
        {
          title: 'I submitted it',
          text: 'Nobody approves his own. If the department has no other leader it goes to the city’s dispatch officer by itself.',
        },
        { title: 'What is late', text: 'Tick “Overdue only” in the ledger and open one by one to see where it stands.' },
        {
          title: 'Somebody travels',
          text: 'Change it under “Duty”. Orders still come to the department; whoever is there acknowledges.',
        },
        {
          title: 'The score is not right',
          text: 'Before the month is closed use “Ask for exclusion” in the lists of the score; the assessor decides and supervision confirms, and until then it counts. After that “Object” within the time; upheld, the month is published again, beside the first.',
        },
      ],
    },
    sys_admin: {
      does: 'You open and close accounts and keep units, grids, buildings, linked members, Party organisations, categories, the dispatch catalogue, the working calendar and the parameters. You grant no posts and read no appeals. Every change is in the system’s trail.',
      situations: [
        {
          title: 'A new colleague',
          text: 'Make the account under “Accounts and posts” and hand over the password, which is shown once and must be changed at the first sign-in. Ask the security administrator for the post: without one nobody gets in.',
        },
        {
          title: 'A forgotten password',
          text: 'Open the account, “Reset the password”; every open session ends. The three administrators’ passwords are changed by themselves only.',
        },
        {
          title: 'A unit is dissolved',
          text: '“End unit” and name its successor. Open orders, units below, buildings or members must be settled first, and the page says so. History still points to the old unit.',
        },
        {
          title: 'Changing a limit',
          text: 'Under “Parameters”: give the reason and “Propose change”. It holds once the security administrator confirms it, and limits that run by it are counted anew. Load the coming year into the “Working calendar” in time; what would move is shown before it is saved, and what is late stays late.',
        },
      ],
    },
    sec_admin: {
      does: 'You grant and end posts: the one door to every right. You confirm changes of parameters. You open no accounts and read neither appeals nor audit logs.',
      situations: [
        {
          title: 'A post for a new colleague',
          text: 'Open the account, “Grant a post”: the post and, outside the city, the unit. It holds at once and is there at the next sign-in. A person may hold several posts and acts in one at a time.',
        },
        {
          title: 'A change of a parameter waits',
          text: 'Open it under “Parameters”: what it was, what it would be, why, and which running limits would move. Then “Confirm change” or “Reject change”. Nobody confirms his own, and “History of changes” keeps them all.',
        },
        {
          title: 'Moving on or retiring',
          text: '“End the post”. All of the person’s sessions end; what was done stays in the person’s name.',
        },
        {
          title: 'The three administrators',
          text: 'System, security and audit are held by three people; the product refuses to join them, and wants the first password changed before. Nor can you grant anything to yourself.',
        },
      ],
    },
    audit_admin: {
      does: 'You read four logs (system changes, sign-ins, revealed callers, exports) and verify the hash chain of the trail. You can change nothing and read no appeals.',
      situations: [
        {
          title: 'The regular check',
          text: '“Verify the chain” in the audit log: every line is computed again, and one that was changed, removed or slipped in is named. If it breaks, secure the database first, then report.',
        },
        {
          title: 'Who looked at callers',
          text: 'The log of reveals names every look: who, in which post, which appeal, why. Filter by person and day; where the reason is vague, ask.',
        },
        {
          title: 'Many wrong passwords',
          text: '“Sign-ins” shows the last 24 hours and the networks. Guessing meets ever longer waits, not a lock; have the system administrator disable an account where needed.',
        },
        {
          title: 'Data left the house',
          text: '“Exports” has purpose, filter, rows and the file’s hash. From a file of unknown origin, compute the hash and find who took it.',
        },
      ],
    },
  },
};
