// What the page opens with: the list, the figures, the inbox.
const projects = `# Ctrl+Enter 执行 run  ·  Ctrl+空格 space 提示 suggest
# 左侧书本图标可查看接口说明 · the book on the left opens the documentation
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
# Reserve, negotiating, signed: projects, total investment (CNY), foreign investment (USD)
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
