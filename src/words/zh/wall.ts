/** The wall screen of the command centre: read from across the room. */
export const wall = {
  title: '指挥大屏',
  open: '打开大屏',
  leave: '退出大屏',
  today: '今日受理',
  closed: '今日办结',
  open_now: '在办',
  overdue: '超时',
  due_soon: '2 小时内到期',
  whistles: '吹哨进行中',
  by_tier: '在办分布',
  tiers: { city: '市级', department: '部门', town: '镇街', community: '社区', grid: '网格' },
  next_due: '最先到期',
  nothing_due: '近期没有到期的工单',
  on_duty: '当班',
  nobody: '无人当班',
  as_of: (time: string) => `${time} 更新`,
};
