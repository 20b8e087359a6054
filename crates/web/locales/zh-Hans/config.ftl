### Words of the wizard, the versions and the preview.

## The wizard and the edit page
step-contacts = 联系人
f-environment = 从哪里开始
f-environment-hint = 先在沙盒中试用。如果是即将上线的应用的配置，请选择生产环境。
environment-test-what = 保存后立即生效，仅供测试。
environment-live-what = 在经过审核并于部署日上线之前，任何内容都不会生效。
f-justification = 应用为什么需要它
f-draft-name = 草稿名称
draft-saved-by = 由 { $name } 保存，{ $time }
draft-kept = 草稿已保存。团队中的每个人都可以继续编辑。
draft-gone = 草稿已丢弃。
discard-what = 整个团队共享这份草稿。已输入的内容将会丢失。
discard-yes = 是，丢弃
conflict-title = 其他人保存了这份草稿
conflict-what = { $name } 于 { $time } 在您编辑期间保存了它。您的内容尚未保存，也没有丢失。
conflict-both = 两个版本
conflict-mine = 您输入的内容（在下面的表单中）
conflict-theirs = 由 { $name } 保存
conflict-now = 下面是目前保存的值。请查看后继续。
stale-title = 在您编辑期间保存了修订 { $number }
stale-what = 您输入的内容在表单中。现在保存将对该修订作如下更改：
stale-differs = 自这份草稿开始以来保存了修订 { $number }。现在保存草稿将更改：{ $lines }
cleared = 因不再适用而清除：{ $fields }
add-redirect-uri = 再添加一个 URI
add-post-logout = 再添加一个地址
add-acs-url = 再添加一个 URL
remove = 删除
f-post-logout-hint = 退出登录后可以把用户送到哪里。
f-acs-urls-hint = 断言发送到哪里。
f-keys-now = 上面文本中的密钥：
contacts-what = 与此应用相关的联系人。登录失败时，项目方会联系技术联系人。
presets-title = 现成的文本
presets-what = 每一项都会用您的应用和机构名称，以所有语言填写相应页面的文本。之后您可以修改。
presets-apply = 填入所选文本
preset-none = 保留下面的文本
preset-blank = 无文本
preset-first-time = 首次来到这里
preset-agency-email = 使用机构电子邮件
preset-piv-cac = 使用政府卡
preset-same-email = 使用相同的电子邮件
preset-troubleshoot = 登录遇到问题

## Versions
restored = 修订 { $number } 已用修订 { $old } 的值保存。尚未生效：请在“上线”页面申请变更。
versions-from = 从修订
versions-to = 到修订
versions-compare-button = 比较
versions-two = 从修订 { $from } 到 { $to }
versions-older = 更早的版本
versions-restore-live = 将旧值再次保存为新的修订。它将在经过审核的变更于部署日生效。
diff-json = 逐行显示文档

## The preview
preview-open = 预览用户将看到的内容
preview-title = 用户将看到的内容
preview-what = 这些是真实的登录页面，带有此应用的名称、标志和帮助文本。其中的任何内容都不能提交。
preview-language = 预览语言
preview-narrow = 在手机上（320 像素）
preview-wide = 在宽屏上
preview-sign-in = 登录
preview-sign-up = 创建账户
preview-consent = 同意
preview-error = 错误
preview-mail = 邮件
preview-alone = 单独打开
preview-value = （用户自己的值）
preview-error-sentence = 当您的应用的请求出错时，用户会看到这样的说明。

## Home
home-search = 按名称、短名称或颁发者查找应用
home-search-button = 查找
home-found-none = 没有与“{ $words }”匹配的应用。
home-all-apps = 显示所有应用
