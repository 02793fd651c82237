import type { exchange as zh } from '../zh/exchange.ts';

export const exchange: typeof zh = {
  headers: {
    key: ['key', 'id', 'number', 'no'],
    title: ['title', 'subject'],
    received_at: ['received at', 'time', 'date', 'received', 'created at'],
    content: ['content', 'text', 'message', 'description', 'details'],
    name: ['name', 'user', 'caller'],
    phone: ['phone', 'telephone', 'mobile'],
    address: ['address', 'place', 'location'],
    reply: ['reply', 'answer', 'response'],
    replied_at: ['replied at', 'answered at', 'reply time', 'time of reply'],
  },
  reasons: {
    broken: 'its quotes do not pair up, so it cannot be read',
    columns: 'it has another number of columns than the header',
    line_too_long: 'it is too long',
    no_content: 'it has no content',
    content_too_long: 'its content has more than 20,000 characters',
    reply_too_long: 'its reply has more than 20,000 characters',
    bad_time: 'its time cannot be read',
    in_the_future: 'its time is in the future',
    bad_reply_time: 'the time of its reply cannot be read',
    reply_first: 'its reply is older than the message',
    same_key: 'its key is that of an earlier row',
    failed: 'it could not be stored',
  },
};
