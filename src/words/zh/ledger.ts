export const ledger = {
  title: '诉求台账', found: (n: number | string) => `${n} 件`, q: '编号、电话、地址或诉求内容', status: '状态', kind: '类型', priority: '紧急程度', channel: '渠道', category: '分类',
  area: '镇街、社区', unit: '主办单位', level: '评价', late: '只看超时', mine: '我登记的', from: '受理自', to: '至', more: '更多条件', columns: { appeal: '诉求', place: '位置', unit: '主办', received: '受理', due: '时限', status: '状态' },
  saved: '常用筛选', save_as: '存为常用筛选', name: '名称', save: '保存', removed: '已移除', saved_now: '已保存', none: '没有符合条件的诉求', none_text: '换个关键词，或放宽条件再试。',
  export: '导出', purpose: '用途', purpose_hint: '导出会记录用途、条数和时间；来电人姓名和号码已隐去', format: '格式', export_start: '导出当前列表', exports: '我的导出', exports_lead: '每次导出都有记录',
  rows: '条数', started: '开始', finished: '完成', running: '进行中', watermark: (who: string, when: string, purpose: string) => `导出人：${who}　时间：${when}　用途：${purpose}`,
  sheet: '诉求台账', all: '全部',
  headings: {
    number: '编号', status: '状态', kind: '类型', channel: '渠道', priority: '紧急程度', category: '分类', title: '标题', content: '内容', place: '位置', address: '地址', unit: '主办单位', received: '受理时间',
    due: '办理时限', closed: '结案时间', level: '评价', answer: '答复', name: '来电人', phone: '电话',
  },
};
