### How notices reach members, and the words of their kinds.

## How notices come

notices-choices-link = 选择通知送达方式
choices-title = 通知送达方式
choices-what = 所有通知都显示在您的页面上。请为每一类选择是否另发邮件。
choices-daily = 每日邮件于 { $time }（{ $zone }）发出，汇总上一封之后的通知。
choices-secures = 标有“安全”的通知保护账户和应用。可以每天汇总一次，但不能关闭。
choices-security = 安全
choices-save = 保存
choices-saved = 您的选择已保存。
delivery-at-once = 立即发邮件
delivery-digest = 每天一封邮件
delivery-portal = 仅在页面显示
topic-requests = 上线与变更
topic-releases = 发布
topic-agreements = 协议与用量
topic-apps = 应用与密钥
topic-team = 团队与访问
topic-support = 支持

## Less mail, from the mail itself

less-title = 减少邮件
less-kind = 此类通知：{ $kind }
less-what = 尚未更改任何设置。无论如何选择，通知都保留在门户中您的页面上。
less-secures = 此类通知保护账户和应用。可以每天汇总一次，但不能关闭。
less-daily-what = 停止每日邮件。保护账户和应用的通知仍会通过它送达。
less-off = 不再发送此类邮件
less-daily = 每天汇总为一封邮件
less-end-daily = 停止每日邮件
less-done-off = 已完成。您不会再收到此类邮件。
less-done-daily = 已完成。此类通知每天汇总为一封邮件。
less-done-end = 已完成。每日邮件已停止，但保护账户和应用的通知除外。
less-choose = 要为每一类选择，请登录。

## Mail

notice-mail-less = 减少此类邮件：{ $link }
notice-mail-secures = 此通知保护账户和应用，不能关闭。改为每天一次：{ $link }
digest-subject = { $day }的 { $count } 条通知
digest-more = 您的页面上还有 { $count } 条。
digest-all = 全部通知：{ $link }
digest-less = 减少某一类邮件：
digest-choices = 您收到此邮件，是因为您属于 { $title } 合作伙伴门户中的团队，并选择了每天一封邮件。重新选择：{ $link }

## The kinds by name

notice-kind-request-submitted = 申请已提交
notice-kind-request-changes = 审核人要求修改
notice-kind-request-approved = 多项批准之一
notice-kind-request-scheduled = 申请已批准并排定窗口
notice-kind-request-rejected = 申请被拒绝
notice-kind-request-withdrawn = 申请已撤回
notice-kind-request-deployed = 申请已上线
notice-kind-request-rolled-back = 申请已回滚
notice-kind-request-moved = 申请改到其他窗口
notice-kind-request-superseded = 较新的申请取代了另一申请
notice-kind-app-suspended = 应用已暂停
notice-kind-app-resumed = 应用已恢复
notice-kind-key-revoked = 密钥被永久吊销
notice-kind-key-expiring = 证书即将到期
notice-kind-key-added = 添加了密钥
notice-kind-key-removed = 移除了密钥
notice-kind-findings-new = 夜间检查发现问题
notice-kind-probe-failing = 线上应用从外部访问失败
notice-kind-invited = 团队邀请
notice-kind-webhook-disabled = 网络回调已停用
notice-kind-ticket-opened = 团队请求支持
notice-kind-ticket-answered = 工单的回复
notice-kind-ticket-moved = 工单状态变更
notice-kind-review-waits = 申请等待审核
notice-kind-review-overdue = 申请等待审核过久
notice-kind-review-emergency = 紧急变更等待第二人
notice-kind-role-given = 您获得了角色
notice-kind-role-taken = 您的角色被取消
notice-kind-invitation-ended = 您的邀请得到答复
notice-kind-team-agency = 您的团队转到其他机构
notice-kind-app-transferred = 应用转到其他团队
notice-kind-app-deleted = 配置已删除
notice-kind-token-made = 创建了您的 API 令牌
notice-kind-token-revoked = 您的 API 令牌已撤销
notice-kind-token-ending = 令牌即将到期
notice-kind-webhook-changed = 网络回调已创建或更改
notice-kind-domain-proved = 域名等待批准
notice-kind-domain-approved = 域名已批准
notice-kind-domain-removed = 您团队的域名被移除
notice-kind-rule-waived = 规则已豁免
notice-kind-waiver-ended = 豁免已结束
notice-kind-release-deployed = 发布已上线
notice-kind-release-rolled-back = 环境已回滚
notice-kind-release-refused = 环境拒绝了发布
notice-kind-canary-failed = 发布后的试登录失败

## Their words

notice-review-waits-subject = { $app }：申请等待审核
notice-review-waits-text = 团队 { $team } 提交了 { $app } 在{ $environment }的申请。其窗口为{ $window }。队列显示已等待多久。
notice-review-overdue-subject = { $app }：申请的答复已逾期
notice-review-overdue-text = 团队 { $team } 提交了 { $app } 在 { $environment } 的申请，本应在 { $ends } 前答复。请今天审核，或请同事审核。
notice-review-emergency-subject = 紧急：{ $app } 等待第二人批准
notice-review-emergency-text = 团队 { $team } 请求立即变更 { $environment } 中的 { $app }：“{ $reason }”。你们中有一人批准后即部署，事后再审核。
notice-role-given-subject = 您在 { $team } 中有了角色
notice-role-given-text = { $who }授予您在 { $team }（{ $realm }）中的角色“{ $role }”。如有误，请告知您的团队或项目方。
notice-role-taken-subject = 您在 { $team } 中的角色已终止
notice-role-taken-text = { $who } 取消了您在 { $team }（{ $realm }）中的角色“{ $role }”。如有误，请告知您的团队或项目方。
notice-invitation-ended-subject = 您对 { $team } 的邀请：{ $answer }
notice-invitation-ended-text = 您邀请 { $email } 加入 { $team } 已得到答复：{ $answer }。
answer-accepted = 已接受
answer-declined = 已谢绝
notice-team-agency-subject = { $team } 现属于 { $agency }
notice-team-agency-text = { $who } 将团队 { $team } 转到 { $agency }。从现在起，其应用适用新机构的协议。
notice-app-transferred-subject = { $app } 现属于 { $team }
notice-app-transferred-text = { $who } 将应用 { $app } 从 { $old_team } 转到 { $team }。
notice-app-deleted-subject = { $app }：已在{ $environment }删除
notice-app-deleted-text = { $who } 删除了 { $app } 在{ $environment }的配置。
notice-token-made-subject = 创建了 API 令牌：{ $name }
notice-token-made-text = 以您的名义创建了 API 令牌“{ $name }”。有效期至{ $ends }。如果不是您本人，请立即撤销。
notice-token-revoked-subject = API 令牌已撤销：{ $name }
notice-token-revoked-text = API 令牌“{ $name }”已撤销。使用它的程序从现在起会被拒绝。
notice-token-ending-subject = 令牌“{ $name }”将在 { $days } 天后到期
notice-token-ending-text = 令牌“{ $name }”有效期至 { $ends }。请在此之前创建新令牌并替换；之后使用旧令牌的程序将被拒绝。
notice-webhook-changed-subject = 网络回调已创建或更改
notice-webhook-changed-text = { $who } 创建或更改了位于 { $url } 的网络回调。如果不是您的团队有意为之，请将其停用。
notice-domain-proved-subject = { $domain } 等待批准
notice-domain-proved-text = { $domain } 的 DNS 显示了团队 { $team } 的令牌。请批准该域名，或将其从团队移除。
notice-domain-approved-subject = { $domain } 已获批准
notice-domain-approved-text = 域名 { $domain } 已获批准。您团队的线上应用从现在起可以使用它。
notice-domain-removed-subject = { $domain } 已从您的团队移除
notice-domain-removed-text = { $who } 从您的团队移除了域名 { $domain }。验证器不再视其为您所有。
notice-rule-waived-subject = { $app }：规则 { $rule } 已豁免
notice-rule-waived-text = 规则 { $rule } 对 { $app } 豁免至{ $ends }。原因：{ $note }
notice-waiver-ended-subject = { $app }：规则 { $rule } 的豁免已结束
notice-waiver-ended-text = { $who } 结束了规则 { $rule } 对 { $app } 的豁免。该规则重新生效。
notice-release-deployed-subject = 发布 { $number } 已在{ $environment }上线
notice-release-deployed-text = 发布 { $number } 成为{ $environment }的当前版本。内容：{ $note }
notice-release-rolled-back-subject = { $environment }已由发布 { $number } 回滚
notice-release-rolled-back-text = 发布 { $number } 恢复了{ $environment }的较早状态。原因：{ $note }
notice-release-refused-subject = { $environment }拒绝了发布 { $number }
notice-release-refused-text = { $environment }未接受发布 { $number }，继续使用上一个。原因：{ $why }
notice-canary-failed-subject = { $environment }的试登录失败
notice-canary-failed-text = 发布 { $number } 之后，{ $environment }的试登录失败。原因：{ $why }
realm-sandbox = 沙盒
realm-production = 生产
realm-programme = 项目
