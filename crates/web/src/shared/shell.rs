//! The frame around all routes of a site: request id, host check, body limit, time limit, panics, headers,
//! and the final form of every problem.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::assets;
use super::limits::{self, LimitRefusal};
use super::problem::{self, Problem};
use super::site::Site;
use super::visit::{RequestId, Visit};

/// Puts a site's routes into their frame. Everything that the site answers goes through here.
pub fn wrap(site: &Arc<Site>, routes: Router) -> Router {
    let inside = routes
        .merge(assets::routes())
        .fallback(async || Problem::not_found());
    // The frame stands outside the router, so that it can change the path before the router reads it.
    Router::new()
        .fallback_service(inside)
        .layer(from_fn_with_state(Arc::clone(site), frame))
}

async fn frame(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let id = RequestId(Arc::from(site.random.uuid_v7(site.now()).to_string()));
    if let Some(uri) = single_slashes(request.uri()) {
        *request.uri_mut() = uri;
    }
    let asked = Asked::of(&request);
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(Arc::clone(&site));

    let span = tracing::info_span!("request", id = id.as_str(), method = %asked.method, path = asked.uri.path());
    let work = guarded(&site, request, next).instrument(span);
    let response = match tokio::time::timeout(site.limits.time, caught(work)).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            Problem::fault(format!("a panic: {}", panic_text(panic.as_ref()))).into_response()
        }
        Err(_) => Problem::refused(&LimitRefusal::TooSlow).into_response(),
    };
    finish(&site, id, &asked, response)
}

async fn guarded(site: &Site, request: Request, next: Next) -> Response {
    if is_foreign(site, &request) && !PROBES.contains(&request.uri().path()) {
        let sentence = "This address does not belong to this service. Check the host name.";
        return Problem::new(
            "web/foreign-host",
            StatusCode::MISDIRECTED_REQUEST,
            sentence,
        )
        .into_response();
    }
    let most = site.limits.body_of(&request);
    match limits::read_body(request, most).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => Problem::refused(&refusal).into_response(),
    }
}

/// Whether a request is for another host. HTTP/2 names the host in the address alone, HTTP/1.1 in a header.
fn is_foreign(site: &Site, request: &Request) -> bool {
    let header = request.headers().get(header::HOST);
    let authority = request.uri().authority().map(|name| name.as_str());
    header.is_some_and(|host| !host.to_str().is_ok_and(|host| site.is_ours(host)))
        || authority.is_some_and(|host| !site.is_ours(host))
}

/// What the final answer needs to know about the request, after the handler has taken it.
struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let mut headers = HeaderMap::new();
        for name in [header::ACCEPT, header::ACCEPT_LANGUAGE, header::COOKIE] {
            for value in request.headers().get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers,
        }
    }
}

fn finish(site: &Arc<Site>, id: RequestId, asked: &Asked, response: Response) -> Response {
    let mut response = dressed(site, &id, asked, response);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(NOTHING_ALLOWED),
        );
    }
    if site.secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    response
}

/// Gives a problem its form, also one that only a status and a plain text tell of.
fn dressed(site: &Arc<Site>, id: &RequestId, asked: &Asked, mut response: Response) -> Response {
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_bare(&response) => bare_problem(response.status()),
        None => return response,
    };
    let visit = Visit::read(site, id.clone(), &asked.uri, &asked.headers);
    let mut answer = problem.answer(&visit, problem::accepts_page(&asked.headers));
    for name in [
        header::ALLOW,
        header::RETRY_AFTER,
        header::WWW_AUTHENTICATE,
        header::SET_COOKIE,
        REPLAYED,
    ] {
        for value in response.headers().get_all(&name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    answer
}

fn is_bare(response: &Response) -> bool {
    let status = response.status();
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    (status.is_client_error() || status.is_server_error())
        && kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

fn bare_problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            "web/method-not-allowed",
            status,
            "This address does not take this method. See the Allow header.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::refused(&LimitRefusal::TooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(
            "web/media-type",
            status,
            "This address does not take this media type.",
        ),
        status if status.is_server_error() => {
            Problem::fault(format!("an answer of {status} without a reason")).with_status(status)
        }
        status => Problem::new(
            "web/malformed",
            status,
            "The request is malformed. Check it against the documentation.",
        ),
    }
}

/// The same address with each run of slashes in its path made one; nothing if it has none.
fn single_slashes(uri: &Uri) -> Option<Uri> {
    if !uri.path().contains("//") {
        return None;
    }
    let mut path = String::with_capacity(uri.path().len());
    for letter in uri.path().chars() {
        if letter != '/' || !path.ends_with('/') {
            path.push(letter);
        }
    }
    if let Some(query) = uri.query() {
        path.push('?');
        path.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

/// Runs a future to its end or to its panic.
async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(
        move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        },
    )
    .await
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Says that an answer is that of an earlier call with the same Idempotency-Key.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const NOTHING_ALLOWED: &str = "default-src 'none'; frame-ancestors 'none'";
/// Health probes come by address, not by name.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::request::Builder;
    use axum::routing::{get, post};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::shared::forms::Posted;
    use crate::shared::limits::Limits;
    use crate::shared::site::tests::{site, site_with};

    fn door() -> Router {
        let routes = Router::new()
            .route("/token", get(async |uri: Uri| uri.to_string()))
            .route("/panic", get(async || -> &'static str { panic!("oh") }))
            .route("/visit", get(async |visit: Visit| visit.form_token()))
            .route(
                "/form",
                post(async |posted: Posted| posted.text("email").to_owned()),
            );
        wrap(&site("sandbox", "http://localhost:8401"), routes)
    }

    async fn ask(request: Builder, body: impl Into<Body>) -> (Response<()>, String) {
        let (parts, body) = door()
            .oneshot(request.body(body.into()).unwrap())
            .await
            .unwrap()
            .into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        (Response::from_parts(parts, ()), text)
    }

    fn form() -> Builder {
        Request::post("/form").header("content-type", "application/x-www-form-urlencoded")
    }

    #[tokio::test]
    async fn an_unknown_path_is_a_page_for_people_and_json_for_programs() {
        let (response, text) = ask(
            Request::get("/nowhere").header("accept", "text/html,*/*"),
            "",
        )
        .await;
        assert_eq!(response.status(), 404);
        assert!(text.contains("data-page=\"error\""));
        let id = response.headers()["x-request-id"].to_str().unwrap();
        assert!(text.contains(id), "the page prints the request id");
        let (response, text) = ask(Request::get("/nowhere"), "").await;
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        assert!(text.contains("\"code\":\"web/not-found\""));
    }

    #[tokio::test]
    async fn a_wrong_method_names_the_right_ones() {
        let (response, text) = ask(Request::put("/token"), "").await;
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["allow"], "GET,HEAD");
        assert!(text.contains("web/method-not-allowed"));
    }

    #[tokio::test]
    async fn double_slashes_are_single_ones() {
        let (_, text) = ask(Request::get("//token?a=//b"), "").await;
        assert_eq!(text, "/token?a=//b");
    }

    #[tokio::test]
    async fn a_panic_is_a_reference_number() {
        let (response, text) = ask(Request::get("/panic").header("accept", "text/html"), "").await;
        assert_eq!(response.status(), 500);
        assert!(
            text.contains(response.headers()["x-request-id"].to_str().unwrap())
                && !text.contains("oh<")
        );
    }

    #[tokio::test]
    async fn a_request_that_hangs_is_ended() {
        let limits = Limits {
            time: Duration::from_millis(20),
            ..Limits::default()
        };
        let routes = Router::new().route(
            "/slow",
            get(async || std::future::pending::<&'static str>().await),
        );
        let door = wrap(
            &site_with("sandbox", "http://localhost:8401", limits),
            routes,
        );
        let response = door
            .oneshot(Request::get("/slow").body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), 503);
    }

    #[tokio::test]
    async fn a_large_body_is_refused() {
        let (response, text) = ask(form(), vec![b'a'; 1024 * 1024 + 1]).await;
        assert_eq!(response.status(), 413);
        assert!(text.contains("limits/body-too-large"));
    }

    #[tokio::test]
    async fn a_foreign_host_is_refused() {
        let unreadable = HeaderValue::from_bytes(b"localhost:8401\xff").unwrap();
        for foreign in [
            Request::get("/token").header("host", "evil.example"),
            Request::get("/token").header("host", unreadable),
            Request::get("http://evil.example/token"),
            Request::get("http://evil.example/token").header("host", "localhost:8401"),
        ] {
            let (response, _) = ask(foreign, "").await;
            assert_eq!(response.status(), 421);
        }
        let ours = Request::get("http://localhost:8401/token");
        assert_eq!(ask(ours, "").await.0.status(), 200);
        assert_eq!(
            ask(Request::get("/token").header("host", "localhost:8401"), "")
                .await
                .0
                .status(),
            200
        );
    }

    #[tokio::test]
    async fn a_made_up_session_does_not_open_the_flood_gates() {
        let limits = Limits {
            posts_at_once: 1,
            ..Limits::default()
        };
        let routes = Router::new().route("/form", post(async |_: Posted| "ok"));
        let door = wrap(
            &site_with("sandbox", "http://localhost:8401", limits),
            routes,
        );
        for (cookie, expected) in [("durward_sandbox=a", 403), ("durward_sandbox=b", 429)] {
            let request = form().header("cookie", cookie).body(Body::empty()).unwrap();
            let response = door.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), expected, "{cookie}");
        }
    }

    #[tokio::test]
    async fn a_form_needs_its_token_and_its_cookie() {
        let cookie = ("cookie", "durward_sandbox=s1");
        let (_, token) = ask(Request::get("/visit").header(cookie.0, cookie.1), "").await;
        let body = format!("email=a%40b.gov&csrf_token={token}");
        let (response, text) = ask(form().header(cookie.0, cookie.1), body.clone()).await;
        assert_eq!(
            (response.status(), text.as_str()),
            (StatusCode::OK, "a@b.gov")
        );
        let (response, text) =
            ask(form().header("cookie", "durward_sandbox=s2"), body.clone()).await;
        assert_eq!(response.status(), 403);
        assert!(text.contains("form/stale"));
        let foreign = form()
            .header(cookie.0, cookie.1)
            .header("origin", "http://evil.example");
        assert!(ask(foreign, body.clone()).await.1.contains("form/foreign"));
        let (response, _) = ask(
            Request::post("/form").header("content-type", "text/plain"),
            body,
        )
        .await;
        assert_eq!(response.status(), 415);
    }

    #[tokio::test]
    async fn every_answer_has_the_safe_headers() {
        let (response, _) = ask(Request::get("/token"), "").await;
        let headers = response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert_eq!(headers["content-security-policy"], NOTHING_ALLOWED);
        assert!(
            !headers.contains_key("strict-transport-security"),
            "plain http on loopback"
        );
    }

    #[tokio::test]
    async fn the_language_of_the_address_is_kept_in_a_cookie() {
        let (response, text) = ask(
            Request::get("/nowhere?locale=zh&a=1").header("accept", "text/html"),
            "",
        )
        .await;
        let cookies: Vec<_> = response
            .headers()
            .get_all("set-cookie")
            .iter()
            .map(|c| c.to_str().unwrap())
            .collect();
        assert!(
            cookies
                .iter()
                .any(|cookie| cookie.starts_with("durward_lang=zh-Hans;")),
            "{cookies:?}"
        );
        assert!(text.contains("lang=\"zh-Hans\"") && text.contains("/nowhere?a=1&#38;locale=es"));
    }
}
