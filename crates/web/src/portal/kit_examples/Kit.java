import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;

class Kit {
    static final String ISSUER = "{ISSUER}", TOKEN = "{TOKEN}", CLIENT = "{CLIENT}", REDIRECT = "{REDIRECT}";
    static final HttpClient http = HttpClient.newHttpClient();

    static String api(String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(ISSUER + "/test/api" + path)).header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    static String field(String json, String name) { return json.split("\"" + name + "\":\"")[1].split("\"")[0]; }

    static String enc(String text) { return URLEncoder.encode(text, StandardCharsets.UTF_8); }

    public static void main(String[] args) throws Exception {
        var id = field(api("/people", "{}"), "id");
        var cookie = field(api("/sessions", "{\"id\":\"" + id + "\",\"consent\":[\"" + CLIENT + "\"]}"), "cookie");
        var query = "response_type=code&client_id=" + enc(CLIENT) + "&redirect_uri=" + enc(REDIRECT) + "&scope=openid+email"
            + "&acr_values=urn:acr.login.gov:auth-only&state=a-state-of-22-characters-or-more&nonce=a-nonce-of-22-characters-or-more"
            + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
        var request = HttpRequest.newBuilder(URI.create(ISSUER + "/openid_connect/authorize?" + query)).header("Cookie", cookie).build();
        System.out.println(http.send(request, HttpResponse.BodyHandlers.discarding()).headers().firstValue("location").orElseThrow());
    }
}
