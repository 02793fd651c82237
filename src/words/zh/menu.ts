export const menu = {
  today: '今日受理', overdue: '超时',
  groups: { work: '我的工作', city: '城市底数', catalog: '规则目录', system: '系统管理' },
  items: {
    hotline: '登记诉求', review: '诉求复核', dispatch: '分派台', handling: '办理台', approval: '审核台', callback: '回访评价', supervision: '督导台',
    appeals: '诉求台账', units: '单位', grids: '网格', buildings: '楼栋', members: '联户党员', duty: '当班', party: '党组织与党员', categories: '诉求分类', rules: '派单目录',
    calendar: '工作日历', parameters: '参数', accounts: '账号与岗位', audit: '审计日志',
  },
};
