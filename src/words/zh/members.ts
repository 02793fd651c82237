/** Linked members: who looks after which grid. */
export const members = {
  title: '联户党员',
  kind: '类型',
  kinds: { fulltime: '专职', assistant: '联户助理' },
  services: '服务事项',
};
