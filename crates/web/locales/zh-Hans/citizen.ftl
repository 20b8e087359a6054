### 用户注册、登录和管理账户时看到的文字。

## 页面框架
skip-to-content = 跳到主要内容
banner-label = 环境
banner-practice = 测试（Test）– 请勿使用真实个人信息
sign-out = 退出登录
language = 语言
request-id = 请求编号
continue = 继续
change = 更改
step = 第 { $now } 步，共 { $of } 步
back-to = 返回 { $service }
form-post-title = 正在返回服务
app-asks = 登录后继续前往

## 登录
sign-in-title = 登录
sign-in-new = 第一次使用？
create-account = 创建账户
email-label = 电子邮件地址
password-title = 输入密码
password-label = 密码
password-show = 显示密码
password-hide = 隐藏密码
password-is-shown = 您的密码已显示。
password-is-hidden = 您的密码已隐藏。
signing-in-as = 当前登录账户：
second-factor-title = 输入一次性验证码
second-factor-do = 打开您的身份验证应用，输入其中显示的验证码。
code-label = 一次性验证码
code-hint = 6 位数字
start-over = 换一个账户重新开始
locked-title = 尝试次数过多
locked-why = 为保护账户，在 { $time } 之前不再接受尝试。还需等待 { $minutes } 分钟。
locked-do = 如果不是您本人尝试，请联系支持人员并提供本页的参考编号。
locked-again = 重新开始

## 创建账户
sign-up-email-title = 创建账户
sign-up-email-why = 一个账户即可登录多项政府服务。
sign-up-email-hint = 我们会向此地址发送验证码。
terms-agree = 继续即表示您接受使用规则。
have-account = 我已有账户
check-email-title = 查看您的电子邮件
check-email-sent = 我们已向 { $email } 发送验证码和链接。请在此输入验证码，或打开链接。如果在另一台设备上打开链接，之后请回到此处并点击“继续”。
mail-code-label = 邮件中的验证码
mail-code-hint = 6 位数字，一小时内有效
check-email-late = 没有收到？请查看垃圾邮件，或重新发送。
resend = 重新发送验证码
resent = 我们又发送了一封邮件。现在只有其中的验证码和链接有效。
check-email-wrong = 使用其他电子邮件地址
elsewhere-title = 请回到您最初使用的浏览器
elsewhere-why = 您的电子邮件地址已确认。为保护您的账户，只有您最初使用的浏览器会继续。
elsewhere-do = 请回到您开始时的页面，然后点击“继续”。
elsewhere-start = 在此浏览器中重新开始
confirm-title = 确认您的电子邮件地址
confirm-what = 您将为新账户确认 { $email }。
confirm-elsewhere = 您是在另一个浏览器或另一台设备上开始的。只有确实是您本人开始的，才点击按钮。然后请回到那里：那边会继续，此处不会。
confirm-button = 确认电子邮件地址
new-password-title = 创建密码
new-password-why = 您将与 { $email } 一起使用此密码。几个互不相关的词就能组成强密码。
new-password-hint = 至少 { $count } 个字符。可以粘贴，不要求特殊符号。
factor-title = 添加第二种验证方式
factor-why = 仅有密码可能被盗。今后每次登录时，您还需使用第二种方式。
factor-legend = 选择一种方式
factor-totp = 身份验证应用
factor-totp-needs = 手机或电脑上的应用每 30 秒显示一个新验证码。免费，无需网络。
factor-other = 选择其他方式
factor-needed = 请选择一种方式。
totp-title = 设置您的身份验证应用
totp-open = 打开身份验证应用，选择添加账户。
totp-scan = 用它扫描此图片。
totp-qr-alt = 包含您密钥的二维码
totp-type = 或输入此密钥：
totp-then = 输入应用现在显示的验证码。
totp-button = 添加此应用

## 同意
consent-title = 与 { $service } 共享
consent-why = { $service } 请求以下信息，不会收到您账户中的其他内容。
consent-offline = { $service }还请求在您退出登录后保持连接。在我们再次询问您之前，即使您不在场，它也可以获取上述信息，包括更改后的信息。
consent-email-legend = { $service } 可以使用哪个电子邮件地址？
consent-email-hint = 它只会收到这一个地址。您以后可以在“已连接的服务”中更改。
consent-term = 一年后，或该服务请求更多信息时，我们会再次询问。
consent-button = 同意并继续
consent-cancel = 不共享，取消

## 账户
account-title = 您的账户
account-emails = 电子邮件地址
account-methods = 登录方式
account-services = 已连接的服务
account-no-services = 您尚未与任何服务共享信息。
account-added = 添加于 { $day }
account-connected = 连接于 { $day }
account-made = 您的账户已就绪。

## 退出登录
signed-out-title = 您已退出登录
signed-out-what = 如果您与他人共用这台电脑，请同时关闭浏览器。
sign-in-again = 重新登录
logout-title = 要退出登录吗？
logout-asked = { $service } 请求在此退出您的登录。您打开的其他服务可能仍保持登录。
logout-what = 您将在此退出登录。您打开的其他服务可能仍保持登录。
logout-button = 是，退出登录
logout-stay = 保持登录

## 测试环境的收件箱
inbox-title = 测试收件箱
inbox-what = 此环境的邮件不会真正发出，都会留在这里。
inbox-to = 显示发给以下地址的邮件
inbox-show = 显示
inbox-count = { $count ->
    [0] 没有邮件
   *[other] { $count } 封邮件
}

## 出错时
error-prefix = 错误：
error-summary = 有一个问题
error-title = 我们无法继续
error-missing-title = 找不到页面
error-fault-title = 出了点问题
error-code = 代码
error-reference = 参考编号
error-help = 如需帮助，请提供此参考编号。其中不含您的任何信息。
error-of-app = 将您送到这里的服务在其请求中出了错。您的账户不受影响。请返回该服务重试；如果再次发生，请告知其服务台。
error-service = 此问题发生在前往 { $service } 的途中。
error-fault = 我们这边出了问题。请几分钟后再试。
error-unavailable = 服务暂时无法完成此操作。请几分钟后再试。
error-web-not-found = 此地址没有内容。请检查是否有误。
error-form-stale = 此表单已过期。请重新打开页面并再次提交。
error-form-foreign = 此表单来自其他网站。请在此打开页面并重新提交。
error-limits-too-many = 您的网络提交了过多表单。请等一分钟后再试。
error-limits-too-slow = 用时过长。请重试。
error-email-empty = 请输入您的电子邮件地址。
error-email-too-long = 电子邮件地址过长，最多 254 个字符。
error-email-not-ascii = 请使用由普通字母、数字和符号组成的电子邮件地址，不带重音符号。
error-email-no-at-sign = 电子邮件地址缺少 @ 符号。请写成 name@example.com 的形式。
error-email-local-part = @ 符号前的部分无效。请检查是否有多余的空格或点。
error-email-domain = @ 符号后的部分不是域名。请写成 name@example.com 的形式。
error-email-throw-away = 该服务商只提供短期邮箱，您可能因此失去账户。请使用您会长期保留的邮箱。
error-password-empty = 请输入密码。
error-password-too-short = 密码太短。请至少使用 8 个字符；几个互不相关的词容易记住。
error-password-too-long = 密码太长。最多使用 256 个字符。
error-password-control-character = 密码含有并非每个键盘都能输入的字符，例如制表符。请去掉它。
error-password-repeated = 密码一再重复同一段内容。请另选一个。
error-password-sequence = 密码是一串相邻的字母或数字。请另选一个。
error-password-common = 许多人使用这个密码，盗贼会最先尝试。请另选一个。
error-password-like-your-email = 密码与您的电子邮件地址太像，容易被猜到。请另选一个。
error-password-like-the-service = 密码与服务名称太像，容易被猜到。请另选一个。
error-password-like-the-programme = 密码与本登录服务的名称太像，容易被猜到。请另选一个。
error-password-weak = 这个密码容易被猜到：就其组成而言太短。请添加一两个互不相关的词。
error-password-weak-keys = 这个密码容易被猜到：它沿着键盘上的按键排列。请添加一两个互不相关的词。
error-password-weak-repeats = 这个密码容易被猜到：内容重复。请添加一两个互不相关的词。
error-password-weak-sequence = 这个密码容易被猜到：含有 abc 或 6543 这样的序列。请添加一两个互不相关的词。
error-password-weak-date = 这个密码容易被猜到：主要是日期或年份。请添加一两个互不相关的词。
error-password-weak-name = 这个密码容易被猜到：主要是人名。请添加一两个互不相关的词。
error-password-weak-word = 这个密码容易被猜到：主要是一个单词。请再添加一两个互不相关的词。
error-password-weak-common = 这个密码容易被猜到：与许多人使用的密码相近。请添加一两个互不相关的词。
error-password-breached = 这个密码出现在被盗密码的名单中，盗贼会最先尝试。请选择一个您在别处都不使用的密码。
error-totp-empty = 请输入身份验证应用的验证码。
error-totp-malformed = 验证码为六位数字。请输入身份验证应用当前显示的验证码。
error-totp-wrong = 验证码错误或已使用过。请等待下一个验证码再输入。
error-journey-wrong-code = 验证码错误。请查看最近收到的邮件并重新输入其中的验证码。
error-journey-wrong-link = 此链接太旧或已使用过。请使用最近收到的邮件中的链接或验证码。
error-journey-mail-expired = 此验证码太旧。请重新发送邮件。
error-journey-too-many-codes = 错误的验证码过多。请重新发送邮件并使用其中的验证码。
error-journey-too-many-mails = 发送的邮件过多。请等待一小时后重新开始。
error-journey-other-browser = 您是在另一个浏览器中开始的。请回到那里输入验证码。
error-journey-wrong-password = 电子邮件地址或密码错误。请重试，或创建账户。
error-journey-too-many-passwords = 尝试次数过多。请等待几分钟后重新开始。
error-journey-wrong-second-factor = 验证码错误或已使用过。请等待身份验证应用的下一个验证码再输入。
error-journey-too-many-second-factors = 错误的验证码过多。请等待十分钟后重新开始。
error-person-suspended = 此账户已被暂停。请联系支持人员并提供本页的参考编号。
error-person-deleted = 此账户已被删除。请创建新账户以继续。
error-sign-up-address-taken = 此电子邮件地址现已有账户。请用它登录。
error-consent-address-unknown = 此地址不属于您的账户。请从列出的地址中选择一个。
error-authorize-app-changed = 在您登录期间该服务发生了变更。请回到该服务重新开始。
email-wrong = 请输入电子邮件地址，例如 name@example.com。
code-wrong = 此验证码有误或已过期。请输入最新的验证码。

## 属性
attribute-email = 电子邮件地址
attribute-all-emails = 所有电子邮件地址
attribute-locale = 语言
attribute-verified-at = 身份核实日期
attribute-x509-subject = 持卡人（PIV/CAC）
attribute-x509-issuer = 发卡机构（PIV/CAC）
attribute-x509-presented = 已出示卡片（PIV/CAC）
attribute-first-name = 名字
attribute-last-name = 姓氏
attribute-dob = 出生日期
attribute-ssn = 社会安全号码
attribute-address1 = 地址
attribute-address2 = 地址（第二行）
attribute-city = 城市
attribute-state = 州
attribute-zipcode = 邮政编码
attribute-phone = 电话号码
