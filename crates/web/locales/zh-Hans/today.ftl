### Pictures, and the first pages of partners and staff.

## Pictures

picture-table = 以表格显示

## What needs the reader

needs-none-staff = 没有待办事项。新的申请、工单和检查结果会显示在这里。
need-is-overdue = 逾期的答复
need-is-review = 待审核的申请
need-is-after-review = 紧急变更后待做的审查
need-is-sign = 待签署的协议
need-is-counsel = 待法律顾问批准的协议
need-is-move-on = 待推进的协议
need-is-partnership = 轮到您处理的合作
need-is-domain = 待批准的域名
need-is-finish = 待完成的申请
need-is-try = 待试用的已上线申请
need-is-ticket = 待答复的工单
need-is-key = 60 天内到期的证书
need-is-agreement = 60 天内到期的协议
need-is-finding = 有错误的线上应用
need-since = 最早的自 { $time } 起等待。
need-due = 截止 { $day }

## The board

board-title = 从沙盒到生产
board-what = 每个应用所处的阶段。黄色虚线格等待处理，红色粗线格受阻，绿色粗线格已上线。
board-none = 没有应用在途。请先在沙盒中创建应用，再在其页面申请上线。
board-none-staff = 没有申请正在前往线上环境。
board-app = 应用
board-live = 已上线
board-changed = 有更改
board-not-live = 未上线
board-draft = 草稿
board-submitted = 审核中
board-changes-requested = 已退回
board-approved = 已批准
board-scheduled = 已排期
board-revision = 修订 { $number }
board-blockers = { $count } 项受阻
board-window = 窗口 { $day }

## The next window

ships-title = 下次部署内容
next-desc = 每个申请一条，从提交到窗口。一条线标出今天。
next-none = 尚无获批内容。截止前获批的申请将在此部署。
next-submitted = 提交
next-window = 窗口
picture-today = 今天

## How long it took

lead-title = 从申请到上线
lead-desc = 最近每个申请一条，长度为所用时间。线条标出中位数和九成申请所用时间。
lead-none = 尚无申请上线。
lead-median = 中位数：{ $time }
lead-p90 = 九成：{ $time }
lead-took = 用时
lead-hours = { $count } 小时

## Keys in time

timeline-title = 证书时间线
timeline-desc = 每张证书一条，直到到期日。一条线标出今天。
timeline-until = 至 { $day }
timeline-ends = 到期

## Drift

matrix-title = 生产环境：已部署、门户、协议
matrix-desc = 每行是生产环境中的一个应用：已部署的修订、门户中最新的修订，以及是否有协议覆盖。
matrix-deployed = 已部署
matrix-portal = 门户
matrix-agreement = 协议
matrix-covered = 已覆盖
matrix-not-covered = 未覆盖
matrix-same = 一致
matrix-newer = 较新
matrix-differs = 不一致

## 使用量

today-usage = 对照协议的使用量
today-usage-what = 生效中且将用掉最多预估额的订单。色带表示未来各月可能的偏差。

## Releases

today-releases = 生产环境的最近发布
today-releases-none = 尚未向生产环境发布。窗口开启时会生成发布。
