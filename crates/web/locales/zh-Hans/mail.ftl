### 发给用户的邮件。

mail-on-the-way = 您正在前往 { $app }。
mail-confirm-subject = 请确认您在 { $title } 的电子邮件地址
mail-confirm-text =
    有人（希望是您本人）正在用此电子邮件地址在 { $title } 创建账户。

    请在您开始时的页面输入此验证码：{ $code }

    或打开此链接并点击按钮：
    { $link }

    验证码和链接在 { $minutes } 分钟内有效。如果不是您本人，请不要操作：不会创建账户。
mail-exists-subject = 您在 { $title } 已有账户
mail-exists-text =
    有人（也许是您本人）想用此电子邮件地址在 { $title } 创建账户。它已经有账户了。

    请在此登录：
    { $link }

    如果不是您本人，请不要操作。没有人得知该账户存在。
mail-created-subject = 您在 { $title } 的账户已就绪
mail-created-text =
    您的账户已用此电子邮件地址和身份验证应用创建。

    您可以在此找到它：
    { $link }

    如果不是您本人，说明有人可以访问您的邮箱。请更改邮箱密码并联系支持人员。
mail-suspended-subject = 您在 { $title } 的账户已被暂停
mail-suspended-text =
    { $title } 的工作人员暂停了您的账户。您已在所有设备上退出登录，在账户恢复之前，任何人都无法用它登录。

    您的数据会保留。如果您不知道原因，请联系支持人员。
mail-reinstated-subject = 您在 { $title } 的账户可以重新使用
mail-reinstated-text =
    您的账户不再处于暂停状态。请在此登录：
    { $link }

    您之前登录过的服务会要求您重新登录。
mail-signed-out-subject = 您已在 { $title } 的所有设备上退出登录
mail-signed-out-text =
    支持人员结束了您账户的所有会话。您的密码和其他登录方式保持不变。

    请在此登录：
    { $link }

    如果这不是您要求的，请联系支持人员。
