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
  own_account: { title: 'Not your own account', text: 'Your account and posts are handled by another administrator. Change your password under “Account and security”.' },
  administrator_account: { title: 'An administrator’s password', text: 'The passwords of the three administrators are changed only by themselves; if one is lost, operations reset it on the server.' },
};
