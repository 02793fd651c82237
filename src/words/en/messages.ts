import type { messages as zh } from '../zh/messages.ts';
import { domain } from './domain.ts';

export const messages: typeof zh = {
  title: 'Messages',
  all: 'All',
  unread_only: 'Unread',
  unread: 'Unread',
  mark_all_read: 'Mark all read',
  marked: (n: number) => (n === 1 ? '1 message marked read.' : `${n} messages marked read.`),
  none: 'No messages',
  none_text: 'Work orders, returns, approvals and whatever else concerns your post will appear here.',
  none_unread: 'Nothing unread',
  events: {
    order_made: 'New work order: please acknowledge',
    order_recalled: 'Work order recalled',
    order_returned: 'Work order returned',
    return_rejected: 'Return not granted: designated to you',
    return_requested: 'A return is asked for: please rule',
    submitted: 'Completed: please approve',
    sent_back: 'Not approved: please go on',
    approved: 'Completion approved',
    escalated: 'Escalated from below: please acknowledge',
    rework: 'The appellant is dissatisfied: please rework',
    reviewed: 'Appeal reviewed',
    supervision: 'Dissatisfied twice: please countersign and supervise',
    reveal_limit: 'Close to the daily limit of revealed callers',
    termination_requested: 'A termination is asked for',
    extension_requested: 'An extension is asked for: please decide',
    suspension_requested: 'A suspension is asked for: please decide',
    request_granted: 'The extension or suspension is granted',
    request_denied: 'The extension or suspension is denied',
    resumed: 'A suspended order goes on',
    comment: 'New comment on an appeal',
  },
  sms_sign: '[Zhaojiban] ',
  sms_link: (link: string) => ` Please tell us what you think: ${link} (works once, do not pass it on)`,
  sms: {
    registered: ({ number, follow }) =>
      `Your appeal is registered under ${number}. We will look at it soon and keep you informed.${follow ? ` Follow it with number and code: ${follow}` : ''}`,
    details_wanted: ({ number, question = '' }) =>
      `For your appeal ${number} we need to know: ${question} Please call within 5 working days; after that it is closed and can be raised again.`,
    declined: ({ number, reason = '', other_way = '' }) =>
      `Your appeal ${number} is declined: ${(domain.decline_reasons as Record<string, string>)[reason] ?? reason}. You can: ${other_way}`,
    accepted: ({ number }) => `Your appeal ${number} is accepted and on its way to the responsible unit.`,
    answered: ({ number, answer = '' }) => `The answer to your appeal ${number}: ${answer}`,
    extended: ({ number, due_on = '', reason = '' }) =>
      `Your appeal ${number} will now be answered by ${due_on}. The reason: ${reason}`,
    finished: ({ number }) => `The work on your appeal ${number} is done. We will call you for your evaluation.`,
    closed: ({ number, lapsed }) =>
      lapsed
        ? `Your appeal ${number} was closed because no details arrived. You can raise it again at any time.`
        : `Your appeal ${number} is closed. Thank you for telling us.`,
    withdrawn: ({ number }) => `Your appeal ${number} is withdrawn as you asked.`,
    merged: ({ number }) =>
      `Your appeal is dealt with together with ${number}. You will be answered and asked for your evaluation all the same.`,
    terminated: ({ number, other_way = '' }) => `The work on your appeal ${number} has ended. You can: ${other_way}`,
  },
};
