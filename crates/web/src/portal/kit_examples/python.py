import json, urllib.error, urllib.parse, urllib.request
issuer, token, client, redirect = '{ISSUER}', '{TOKEN}', '{CLIENT}', '{REDIRECT}'
def api(path, body):
    request = urllib.request.Request(issuer + '/test/api' + path, json.dumps(body).encode(),
        {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'})
    return json.load(urllib.request.urlopen(request))
class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_): return None
person = api('/people', {})
cookie = api('/sessions', {'id': person['id'], 'consent': [client]})['cookie']
query = urllib.parse.urlencode({'response_type': 'code', 'client_id': client, 'redirect_uri': redirect, 'scope': 'openid email',
    'acr_values': 'urn:acr.login.gov:auth-only', 'state': 'a-state-of-22-characters-or-more', 'nonce': 'a-nonce-of-22-characters-or-more',
    'code_challenge': 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', 'code_challenge_method': 'S256'})
request = urllib.request.Request(issuer + '/openid_connect/authorize?' + query, headers={'Cookie': cookie})
try: urllib.request.build_opener(Stay).open(request)
except urllib.error.HTTPError as answer: print(answer.headers['Location'])
api('/clock', {'advance': 'PT15M'})
