import type { people as zh } from '../zh/people.ts';

const count = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'}`;
const minutesOf = (seconds: number) => (seconds < 60 ? count(seconds, 'second') : count(Math.ceil(seconds / 60), 'minute'));

export const people: typeof zh = {
  username: 'Username',
  password: 'Password',
  enter: 'Sign in',
  sign_in_text: 'Use the account your unit gave you. A lost password is reset by the system administrator.',
  signed_out: 'You have signed out.',
  session_ended:
    'Your session has ended: after 30 minutes without use, after 12 hours, or because the account, a post or the password changed. Sign in again and you will be back on the page you came from.',
  refusals: {
    wrong: () => 'The username or the password is not right.',
    delayed: (seconds) =>
      `Too many wrong passwords: try again in ${minutesOf(seconds)}. The account is not locked; from another network it works as before.`,
    disabled: () => 'This account is disabled. Ask the system administrator.',
    demo_only: () => 'Demo accounts cannot sign in here.',
    no_post: () => 'This account holds no post at the moment. Ask the security administrator to grant one.',
  },
  demo_title: 'Demo accounts',
  demo_text: 'One click enters as that post.',
  demo_password: (password) => `The password is always ${password}`,
  groups: {
    command: 'City command centre',
    leader: 'City leaders',
    town: 'Towns',
    community: 'Communities',
    grid: 'Grids',
    department: 'Departments',
    administrator: 'Administrators',
  },
  post_switched: (unit, post) => `You now act as ${post}, ${unit}.`,
  new_password_title: 'Choose a new password',
  new_password_first: 'At the first sign-in, or after a reset, choose a password that only you know. Then you can go on.',
  current_password: 'Current password',
  new_password: 'New password',
  new_password_hint:
    'At least 10 characters; a short sentence is fine. It may not contain the username and may not be a common password.',
  repeat_password: 'New password again',
  change_password: 'Change password',
  change_password_text: 'All other devices are signed out.',
  password_changed: 'The password is changed; all other devices are signed out.',
  account_of: (username) => `Username ${username}`,
  my_posts: 'My posts',
  current: 'current',
  my_posts_text: 'Posts are granted by the security administrator; switch at the top right.',
  language: 'Language',
  language_name: 'English',
  language_text: 'Used when you sign in on a new device.',
  language_kept: 'The language is saved.',
  sessions: 'Signed-in devices',
  sessions_text: 'Signed out after 30 minutes without use, after 12 hours at the latest.',
  this_one: 'this one',
  unknown_device: 'Unknown device',
  since: (at) => `signed in ${at}`,
  session_until: (at) => `ends ${at} unless used`,
  end_session: 'Sign this device out',
  session_gone: 'That device is signed out.',
  end_all: 'Sign out everywhere',
  end_all_text: 'All devices are signed out at once, this one too.',
};
