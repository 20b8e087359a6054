const [issuer, token, client, redirect] = ['{ISSUER}', '{TOKEN}', '{CLIENT}', '{REDIRECT}'];
const api = async (path, body) => (await fetch(issuer + '/test/api' + path, { method: 'POST',
  headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' }, body: JSON.stringify(body) })).json();
const person = await api('/people', {});
const { cookie } = await api('/sessions', { id: person.id, consent: [client] });
const query = new URLSearchParams({ response_type: 'code', client_id: client, redirect_uri: redirect, scope: 'openid email',
  acr_values: 'urn:acr.login.gov:auth-only', state: 'a-state-of-22-characters-or-more', nonce: 'a-nonce-of-22-characters-or-more',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
const answer = await fetch(issuer + '/openid_connect/authorize?' + query, { headers: { cookie }, redirect: 'manual' });
console.log(answer.headers.get('location'));
await api('/faults', { app: client, fault: 'id_token_nonce', count: 1 });
