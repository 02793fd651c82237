/** Registration, queues and the case page: the places where people work on appeals. */
export const desks = {
  fields: {
    answer: '答复内容', line: '转往', transferred_at: '转接时间', question: '需要补充什么', supplement: '补充内容', files: '照片、录音或 PDF',
    decline_reason: '法定理由', other_way: '告知其他途径', kind: '诉求类型', category_code: '诉求分类', priority: '紧急程度', about_unit_id: '被反映单位',
    place_unit_id: '位置', target: '并入哪一件', reason: '理由', lead_unit_id: '主办单位', co_unit_ids: '协办单位', instruction: '分派意见',
    callback_outcome: '回访结果', contacted: '承办单位联系过您吗', solved: '问题解决了吗', level: '满意程度', remark: '说明', new_fact: '新的事实或理由',
    comment: '备注', how: '联系方式', result_of_contact: '联系情况', progress: '进展情况', unit_id: '单位', tried: '已经做了什么', needed: '需要上级做什么',
    ruling: '裁定意见', outcome: '办理结果', result: '办理情况', promised_on: '承诺完成日期', request: '书面申请', due_on: '要求完成日期',
  },
  hints: {
    about_unit_id: '投诉、举报某单位时填写：该单位不能主办，也看不到来电人。', target: '填写另一件未办结诉求的编号', other_way: '告诉诉求人可以依法去哪里办',
    result: '写清做了什么、结果如何；答复将告知诉求人', promised_on: '办理结果为“承诺限期解决”时必填，系统会跟踪到期',
    tried: '上报必须说明本级已做的工作', co_unit_ids: '可选多个', files: '办结建议附办理后照片', question: '会以短信告知诉求人，复核时限暂停',
    new_fact: '没有新事实的重复诉求请直接告知原结果', supplement: '诉求人补充的情况', category_code_return: '认为应按哪一类派单',
  },
  placeholder: {
    building: '小区、楼栋、网格、社区，可输拼音首字母', category: '分类名称或拼音', unit: '单位名称或拼音', instruction: '请核实情况，按时限办理并反馈。',
  },
  register: {
    title: '登记诉求', caller: '来电人', phone: '来电号码', name: '姓名', content: '诉求内容', title_field: '标题', title_hint: '不填则取内容的第一句', place: '位置',
    address: '补充地址', channel: '渠道', kind: '类型', category: '分类', priority: '紧急程度', confidential: '要求保密', confidential_hint: '保密诉求只有市级岗位和承办人可见',
    no_contact: '不需要联系', about: '被反映单位', then: '登记后', then_review: '转复核', then_answer: '当场答复', then_transfer: '已转紧急热线', submit: '登记',
    history: '该号码的历史诉求', history_none: '没有历史诉求', likely: '可能重复', likely_none: '没有发现相似诉求', suggested: '建议分类', because: '依据',
    emergency: '危及人身安全时请先转 110、119、120、122，再登记转接情况。', done: (number: string) => `已登记，编号 ${number}`, typed_place: '请从列表中选择位置',
    anonymous: '不填号码和姓名即为匿名', mine: '我的上报', use: '采用', repeat: '按重复件登记', of: '关联', files: '照片、录音或 PDF', place_text: '位置',
  },
  queues: {
    review: '诉求复核', dispatch: '分派台', handling: '办理台', approval: '审核台', callback: '回访评价', supervision: '督导台',
  },
  sorted: {
    review: '先到期的排在最前', dispatch: '先到期的排在最前', handling: '先到期的排在最前', approval: '先到期的排在最前', callback: '先到期的排在最前', supervision: '超时最久的排在最前',
  },
  tabs: {
    pending_review: '待复核', awaiting_details: '待补正', grid_emergency: '网格特急', pending_dispatch: '待分派', unacknowledged: '待签收', returns: '退单待裁',
    due_soon: '临近到期', overdue: '已超时', pending_callback: '待回访', answered: '直接答复', followers: '并案待回访', pending_ack: '待签收', in_progress: '办理中',
    return_requested: '退单中', submitted: '待审核', parts: '批转跟踪', awaiting_approval: '待审核', last_resort: '提级审核', countersign: '待会签', terminations: '终止申请', tracked: '重点调度',
  },
  columns: { appeal: '诉求', place: '位置', channel: '渠道', unit: '承办单位', due: '时限', status: '状态' },
  empty: { title: '暂时没有', text: '新的事项会按到期先后出现在这里。' },
  registered: (number: string | number) => `已登记，编号 ${number}`,
  pick_one: '从左侧选一件，在这里查看和处理。',
  preview: '预览', open_case: '打开详情', next_step: '下一步', nothing_to_do: '现在没有需要您处理的步骤。', waiting_for: (who: string) => `正等待：${who}`,
  more_acts: '其他操作', facts: '诉求', caller: '来电人', anonymous: '匿名', hidden: '已保密', place: '位置', category: '分类', channel: '渠道', kind: '类型', member: '联户党员',
  received: '受理时间', due: '办理时限', lead: '主办', co: '协办', part: '分解', about: '被反映', registered_by: '登记', number: '编号', round: (n: number) => `第 ${n} 轮`, evaluation: '评价',
  trail: '办理留痕', trail_rows: (n: number) => `${n} 条`, trail_ok: '校验通过', trail_broken: (n: number) => `第 ${n} 条校验不通过`, related: '相似与重复', related_none: '没有发现相似或重复的诉求',
  files: '材料', path: '呼应路径', orders: '工单', instruction: '意见', took: (span: string, limit: string) => `用时 ${span}（限 ${limit}）`, merged_into: '已并入', followers: '并入本件',
  reveal: '显示来电人', reveal_reason: '为什么需要查看', reveal_left: (n: number) => `今日还可查看 ${n} 次，每次都会记录`, revealed: '来电人（本次查看已记录）', reveal_none_left: '今日查看次数已用完，请联系督导岗',
  why: { same_phone: '同一号码', same_building: '同一楼栋', same_place_and_category: '同类同地', similar_words: '文字相似' },
  clash: {
    title: '情况已有变化', text: (who: string, act: string, at: string, status: string) => `${who} 已于 ${at} ${act}，现在是“${status}”。您的操作没有执行，刚才填写的内容保留在下方。`,
  },
  done: (act: string | number) => `已${act}`, print: '打印', copy: '复制链接', suggestion: (why: string) => why, share: (n: number) => `${n}% 同类由其主办`, own_choice: '其他单位', templates: '常用意见',
  recommended: '按“分类 × 位置”推荐', kinds_of_files: 'JPG、PNG、WebP 图片，录音或 PDF', provisional: '到期日所在年份的工作日历尚未发布，按周一至周五暂计。',
  round_reason: '不满意原因', existing_evaluation: '诉求人已自行评价', callback_script: '您好，这里是民生服务热线，就您反映的问题做个回访：承办单位联系过您吗？问题解决了吗？对办理结果满意吗？',
  attempts: (n: number) => `已回访 ${n} 次`, call_log: '回访记录', answer: '答复', handled_by: '承办', sheet: '诉求办理单', result: '办理结果', printed: (when: string) => `打印时间 ${when}`, outcome: '结果',
};
