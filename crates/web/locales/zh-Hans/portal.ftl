### 合作伙伴和工作人员页面的文字。

## The frame
nav-label = 合作伙伴页面
