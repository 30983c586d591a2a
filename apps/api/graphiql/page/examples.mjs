// What the page opens with: the list, the figures, the inbox.
const projects = `# Ctrl+Enter 执行 · Ctrl+空格 提示 · 左侧书本：接口说明
# Ctrl+Enter run · Ctrl+Space suggest · book docs
query Projects($first: Int) {
  projects(first: $first) {
    totalCount
    nodes {
      code
      name
      stage
      status
      light
      owner { name }
      totalInvestment { amount currency }
      nextFollowUpAt
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const pipeline = `# 储备、在谈、签约：项目数，总投资（元），外资（美元）
# Projects, total investment (CNY), foreign (USD)
query Pipeline {
  pipeline {
    asOf
    reserve { ...figure }
    negotiating { ...figure }
    signed { ...figure }
    stages { stage count }
  }
}

fragment figure on PipelineFigure {
  count
  totalInvestment
  foreignInvestment
}
`;

const inbox = `# 新提醒到达时显示 · shows reminders as they arrive
subscription Inbox {
  reminderDelivered { id title dueAt }
}
`;

export const EXAMPLES = [{ query: projects, variables: '{ "first": 20 }' }, { query: pipeline }, { query: inbox }];

/** For tabs that a person opens. */
export const EMPTY = '# 在此编写查询 · write a query here\n\n';
