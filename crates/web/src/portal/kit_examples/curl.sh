# A test person, a session, and a code: no page is needed.
ISSUER='{ISSUER}' TOKEN='{TOKEN}' CLIENT='{CLIENT}' REDIRECT='{REDIRECT}'
api() { curl -sS -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"; }
ID=$(api -d '{}' "$ISSUER/test/api/people" | jq -r .id)
COOKIE=$(api -d "{\"id\":\"$ID\",\"consent\":[\"$CLIENT\"]}" "$ISSUER/test/api/sessions" | jq -r .cookie)
curl -sS -o /dev/null -w '%{redirect_url}\n' -G -H "Cookie: $COOKIE" "$ISSUER/openid_connect/authorize" \
  -d response_type=code --data-urlencode "client_id=$CLIENT" --data-urlencode "redirect_uri=$REDIRECT" \
  --data-urlencode 'scope=openid email' -d acr_values=urn:acr.login.gov:auth-only \
  -d state=a-state-of-22-characters-or-more -d nonce=a-nonce-of-22-characters-or-more \
  -d code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM -d code_challenge_method=S256
# The next three token requests fail.
api -d "{\"app\":\"$CLIENT\",\"fault\":\"token_error\",\"error\":\"temporarily_unavailable\",\"count\":3}" "$ISSUER/test/api/faults"
