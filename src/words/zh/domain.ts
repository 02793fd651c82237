/** What the things of the domain are called. The keys are the codes of the rules tables; a code without a word does not compile. */
export const domain = {
  statuses: {
    pending_review: '待复核', awaiting_details: '待补正', pending_dispatch: '待分派', in_handling: '办理中', pending_callback: '待回访',
    answered: '直接答复', declined: '不予受理', withdrawn: '已撤诉', merged: '已并案', closed: '已结案', archived: '已归档',
  },
  stages: { intake: '诉求受理', routing: '分解流转', feedback: '反馈评价', closing: '办结归档' },
  acts: {
    register: '登记', answer: '直接答复', transfer: '转紧急热线', request_details: '补正', supply_details: '补充', import_close: '导入办结', lapse: '逾期未补', decline: '不予受理',
    accept: '受理', merge: '并案', merged_here: '并入', unmerge: '撤并', dispatch: '分派', redispatch: '回流待分派', rereview: '回流待复核', finish: '办毕',
    finish_own: '自查办结', attempt: '回访未果', rework: '不满意重办', rework_answer: '不满意重办', close: '结案', close_unreached: '未评价结案',
    countersign: '会签', propose_termination: '提请终止', terminate: '终止办理', withdraw: '撤诉', reopen: '重启', archive: '归档', close_merged: '随主件结案', answer_merged: '随主件答复', rework_merged: '随主件重办',
    rate: '登记评价', correct: '更正分类', comment: '备注', supervise: '督办', reveal: '查看来电人',
  },
  orders: {
    pending_ack: '待签收', in_progress: '办理中', return_requested: '退回待裁', suspended: '已挂起', submitted: '已办结待审',
    accepted: '已通过', returned: '已退回', recalled: '已撤回', reassigned: '已转派', escalated: '已上报',
  },
  order_acts: {
    make: '下达工单', acknowledge: '签收', contact: '首次联系', progress: '过程反馈', forward: '批转', escalate: '上报', request_return: '退单',
    uphold_return: '同意退单', reject_return: '指定办理', recall: '撤回', recall_open: '撤回', reassign: '转派', request_termination: '申请终止',
    submit: '办结', approve: '审核通过', send_back: '审核退回', rework: '重办', supervise: '督办',
  },
  roles: { lead: '主办', co: '协办', part: '分解' },
  channels: {
    hotline: '热线', qr_code: '一码通', app_snapshot: '随手拍', app_voice: '语音报', web: '网上', walk_in: '来访', superior_assigned: '上级交办',
    proactive_patrol: '巡查发现', import: '批量导入',
  },
  kinds: { inquiry: '咨询', help: '求助', complaint: '投诉', report: '举报', suggestion: '建议', praise: '表扬' },
  priorities: { emergency: '特急', urgent: '紧急', general: '一般', complex: '复杂', inquiry: '咨询' },
  levels: { satisfied: '满意', basic: '基本满意', dissatisfied: '不满意', unrated: '未评价' },
  outcomes: { solved: '已解决', explained: '已解释', promised: '承诺限期解决', impossible: '无法解决' },
  decline_reasons: {
    emergency_line: '应由紧急热线处理', other_procedure: '已进入诉讼、仲裁、复议、信访等程序', already_concluded: '已依法办结且无新事实',
    secret_or_privacy: '涉及国家秘密、商业秘密或个人隐私', beyond_duties: '不属于政府职责', unlawful: '违反法律或公序良俗',
  },
  callback_outcomes: { reached: '已接通', no_answer: '无人接听', later: '改时再访', refused: '拒绝回访' },
  contact_ways: { phone: '电话', visit: '上门', message: '短信', relay: '热线代转' },
  clocks: {
    review: '复核', dispatch: '分派', acknowledge: '签收', contact: '首次联系', handle: '办理', ruling: '裁定', decision: '审批', approve: '审核',
    promise: '承诺', callback: '回访', check_in: '报到', whistle_acknowledge: '应哨', supervision_reply: '督办回复',
  },
  posts: {
    hotline_agent: '热线接听岗', review_officer: '诉求复核岗', dispatch_officer: '任务分派岗', supervision_officer: '督导落实岗', callback_officer: '回访评价岗',
    analysis_assessor: '研判考核岗', city_leader: '市领导', town_clerk: '镇街经办', town_leader: '镇街分管负责人', community_clerk: '社区工作站专职',
    community_secretary: '社区党组织书记', linked_member: '联户党员', department_clerk: '部门经办', department_leader: '部门分管负责人',
    sys_admin: '系统管理员', sec_admin: '安全管理员', audit_admin: '审计管理员', appellant: '诉求人', system: '系统',
  },
  unit_kinds: { city: '市', town: '镇街', community: '社区', grid: '网格', department: '部门' },
  unit_groups: {
    city: '市级', subdistrict: '街道', town: '镇', community: '社区', base: '基础网格', exclusive: '专属网格', party: '党委机构', npc_cppcc_judicial: '人大政协法检',
    mass_org: '群团组织', government: '政府部门', vertical: '驻招单位', public_institution: '事业单位', public_utility: '公用企业', zone_or_soe: '园区国企',
  },
  venue_types: { industrial_park: '园区', commercial_market: '商圈市场', school: '学校', hospital: '医院', other_venue: '其他场所' },
  calls: { grid: '民呼社应', community: '社呼街应', town: '街呼市应' },
  why_units: { catalogue: '派单目录', category: '分类主责', area: '属地', history: '同类多由其办结' },
  limit_units: { minutes: '分钟', office_minutes: '工作分钟', working_days: '个工作日' },
} satisfies Record<string, Record<string, string>>;
