/** How recorded changes of units, people and rules are told. */
export const changes = {
  acts: {
    'unit.create': '新增了单位', 'unit.edit': '修改了单位', 'unit.end': '停用了单位', 'unit.resume': '恢复启用', 'grid.edit': '修改了网格',
    'building.create': '新增了楼栋', 'building.edit': '修改了楼栋', 'member.create': '新增了联户党员', 'member.edit': '修改了联户党员',
    'organization.create': '新增了党组织', 'organization.edit': '修改了党组织', 'party_member.create': '新增了党员', 'party_member.edit': '修改了党员', 'branch.edit': '修改了网格党组织',
    'category.create': '新增了分类', 'category.edit': '修改了分类', 'rule.create': '新增了派单规则', 'rule.edit': '修改了派单规则',
    'template.create': '新增了指令模板', 'template.edit': '修改了指令模板', 'calendar.edit': '修改了工作日历', 'calendar.load': '载入了年度日历', 'parameter.edit': '修改了参数',
    'account.create': '新增了账号', 'account.edit': '修改了姓名或电话', 'account.reset_password': '重置了密码', 'account.disable': '停用了账号', 'account.enable': '恢复了账号',
    'post.grant': '授予了岗位', 'post.end': '撤销了岗位', 'post.duty': '设置了当班',
  } as Record<string, string>,
  fields: {
    username: '用户名', post: '岗位', on_duty: '当班', disabled: '停用', revision: '登录版本',
    kind: '类别', unit_group: '分组', parent_id: '上级单位', code: '代码', name_zh: '中文名称', name_en: '英文名称', short_zh: '中文简称', duty_phone: '值班电话',
    round_the_clock: '24 小时值守', sort: '排序', valid_from: '启用日期', valid_to: '停用日期', successor_id: '承接单位', venue_type: '场所类型', grid_kind: '网格类型',
    households: '户数', area_hectares: '面积（公顷）', help_point: '党员帮办点', grid_id: '所在网格', estate: '小区', name: '名称', address: '地址', storeys: '层数',
    member_kind: '类型', batch: '招录批次', services: '服务事项', work_phone: '办公电话', community_id: '报到社区', secretary: '书记', joined_on: '入党日期', organization: '党组织',
    branch_kind: '组织形式', lead_unit_id: '主责单位', priority: '紧急程度', acknowledge_limit: '签收时限', contact_limit: '联系时限', handle_limit: '办理时限',
    category_code: '分类', area_id: '区域', unit_id: '承办单位', role: '主协办', note: '备注', body: '内容', working: '工作日', day: '日期', value: '取值', days: '天数', year: '年度',
  } as Record<string, string>,
  values: { fulltime: '专职', assistant: '联户助理', branch: '党支部', group: '党小组' } as Record<string, string>,
};
