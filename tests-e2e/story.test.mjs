// The main job, end to end, in a browser: an app goes from the sandbox to production on its day, and a person signs in to it.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import * as oidc from "openid-client";
import { dataPage, fill, look, openBrowser, picture, press, standIn, submit, words } from "./browser.mjs";
import { authorization, discover, newKey } from "./clients.mjs";
import { OUTPUT, startDemo } from "./demo.mjs";
import { Member, PAGES, PATHS } from "./portal.mjs";
import { Robot, stranger } from "./robot.mjs";

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#005ea2"/></svg>';
const LIVE_URL = "https://tides.example.gov/callback";

for (const width of [1280, 320]) {
  describe(`the story at ${width} pixels`, () => {
    const story = { faults: [] };
    let demo;
    let partner;
    let reviewer;
    let visitor;
    let broken = false;

    before(async () => {
      demo = await startDemo({ at: "2026-11-10", name: `story-${width}` });
      const [one, two, three] = await Promise.all([newBrowser(), newBrowser(), newBrowser()]);
      partner = new Member(demo, one, demo.partner("partner_admin"));
      reviewer = new Member(demo, two, demo.staff("reviewer"));
      visitor = three;
      await standIn(visitor, LIVE_URL);
    });
    after(async () => {
      await Promise.all([partner?.browser, reviewer?.browser, visitor].map((browser) => browser?.close()));
      await demo?.stop();
    });

    chapter("a partner signs in to the portal, which is an app of the production environment", async () => {
      await partner.signIn();
      await shot(partner.page, "portal-home");
    });

    chapter("the partner creates an app, and it is live in the sandbox at once", async () => {
      const { agreement, app_name } = await listedApp();
      Object.assign(story, { agreement, app_name, client: `urn:gov:gsa:openidconnect.profiles:sp:sso:TIDES:${width}` });
      story.samplePem = await (await fetch(`${demo.sample}/key.pem`)).text();
      await partner.open(PATHS.newApp);
      await shot(partner.page, "wizard");
      await partner.complete(settings({ issuer: story.client, keys: story.samplePem, redirect_uris: `${demo.sample}/callback` }), PAGES.app);
      story.handle = new URL(partner.page.url()).pathname.split("/").at(-2);
      await shot(partner.page, "app-sandbox");
    });

    chapter("a new person signs up and signs in through the sample relying party", async () => {
      story.person = stranger();
      await startAtSample("sandbox");
      const robot = visitorRobot("sandbox");
      const seen = await robot.walk((url) => url.origin === demo.sample, { signUp: true });
      assert.ok(robot.consented?.includes(story.person.email), `consent shows the values: ${seen.join(" > ")}`);
      assert.equal(await dataPage(visitor.page), "sample-signed-in");
      assert.ok((await words(visitor.page)).includes(story.person.email));
      await shot(visitor.page, "sample-signed-in");
    });

    chapter("the person signs out at the app and at the door", async () => {
      await submit(visitor.page);
      await visitorRobot("sandbox").walk((url) => url.origin === demo.sample);
      assert.equal(await dataPage(visitor.page), "sample-signed-out");
    });

    chapter("the same person signs in again with password and authenticator", async () => {
      await startAtSample("sandbox");
      const seen = await visitorRobot("sandbox").walk((url) => url.origin === demo.sample);
      assert.ok(seen.includes("sign-in") && seen.includes("second-factor"), seen.join(" > "));
      assert.equal(await dataPage(visitor.page), "sample-signed-in");
    });

    chapter("a broken redirect URI is refused at once, on a page with the request id; the fix works at once", async () => {
      await save({ redirect_uris: `${demo.sample}/elsewhere` });
      await startAtSample("sandbox");
      assert.ok((await dataPage(visitor.page)).includes("error"), await words(visitor.page));
      assert.equal(new URL(visitor.page.url()).origin, demo.issuer("sandbox"));
      await shot(visitor.page, "refused-redirect");
      await save({ redirect_uris: `${demo.sample}/callback` });
      await startAtSample("sandbox");
      await visitorRobot("sandbox").walk((url) => url.origin === demo.sample);
      assert.equal(await dataPage(visitor.page), "sample-signed-in");
    });

    chapter("a production configuration has keys and addresses of its own and a checklist", async () => {
      story.liveKey = await newKey("ES256");
      await partner.open(PATHS.newProduction(story.handle));
      await partner.complete(settings({ issuer: story.client, keys: story.liveKey.pem, redirect_uris: LIVE_URL, post_logout_redirect_uris: "https://tides.example.gov/signed-out" }), PAGES.app);
      await partner.open(PATHS.checklist(story.handle));
      await partner.expect(PAGES.checklist);
      await shot(partner.page, "checklist");
    });

    chapter("nothing of it is live yet", async () => {
      await startAtProduction();
      assert.ok((await dataPage(visitor.page)).includes("error"), await words(visitor.page));
    });

    chapter("a launch is asked for on 10 November 2026 and gets Monday 30 November, and the page says why", async () => {
      await partner.open(PATHS.newLaunch(story.handle));
      const estimates = { annual_registrations: 20_000, annual_authentications: 90_000, monthly_active_users: 5_000, seasonality: "Summer" };
      await partner.complete({ agreement: story.agreement, desired_date: "2026-11-24", ...estimates, audience: "Sailors", application_url: "https://tides.example.gov/" }, PAGES.launch);
      story.launch = new URL(partner.page.url()).pathname.split("/").at(-1);
      assert.equal(await partner.page.locator('[data-field="window"] time').first().getAttribute("datetime"), "2026-11-30");
      const reasons = await partner.page.locator('[data-field="explanation"]').innerText();
      assert.match(reasons, /Thanksgiving/);
      assert.match(reasons, /14/);
      await shot(partner.page, "launch");
    });

    chapter("the author cannot approve; a reviewer sees the differences and approves", async () => {
      await demo.api(partner.person.api_token, "POST", `/launches/${story.launch}/approve`, {}, [403]);
      await reviewer.signIn();
      await reviewer.open(PATHS.reviews);
      await reviewer.expect(PAGES.reviews);
      await shot(reviewer.page, "reviews");
      await reviewer.open(PATHS.launch(story.launch));
      assert.ok((await reviewer.page.locator("main").innerText()).includes(LIVE_URL), "the review shows the redirect URI");
      await shot(reviewer.page, "review");
      await press(reviewer.page, reviewer.page.locator('main [type="submit"][name="approve"]'));
      assert.equal((await launch()).state, "scheduled");
    });

    chapter("the window comes, the server deploys by itself, and the person signs in to production", async () => {
      await demo.moveClock("2026-11-27");
      assert.equal((await launch()).state, "scheduled");
      await demo.moveClock("2026-11-30");
      assert.equal((await launch()).state, "deployed");
      story.person = stranger();
      await visitor.context.clearCookies();
      await signInToProduction({ signUp: true });
    });

    chapter("one step rolls the app back, and sign-in fails on a clear page; another deploys it again", async () => {
      await reviewerActs("rollback");
      await startAtProduction();
      assert.ok((await dataPage(visitor.page)).includes("error"), await words(visitor.page));
      await shot(visitor.page, "rolled-back");
      await reviewerActs("deploy");
      await signInToProduction();
    });

    chapter("the audit chain verifies while the service runs", async () => {
      const { status, stdout, stderr } = demo.command("audit", "verify", "--data", demo.data);
      assert.equal(status, 0, stdout + stderr);
    });

    chapter("no page on the way had a fault", async () => {
      assert.deepEqual([...new Set(story.faults)], []);
    });

    /** One step; when one fails, the later ones are left out, for they stand on it. */
    function chapter(name, work) {
      it(name, async (context) => {
        if (broken) return context.skip("an earlier chapter failed");
        broken = true;
        await work();
        broken = false;
      });
    }

    function newBrowser() {
      return openBrowser({ width, faults: story.faults });
    }

    function settings(changes) {
      return {
        handle: story.handle ?? `tide-tables-${width}`,
        team: partner.person.team,
        app_name: story.app_name,
        friendly_name: "Tide Tables Online",
        description: "When the water comes and goes.",
        protocol: "oidc",
        level_of_service: "auth-only",
        default_aal: "aal1",
        attributes: ["email"],
        token_endpoint_auth_method: "private_key_jwt",
        post_logout_redirect_uris: `${demo.sample}/signed-out`,
        logo: { name: "tides.svg", mimeType: "image/svg+xml", buffer: Buffer.from(LOGO) },
        ...changes,
      };
    }

    async function save(changes) {
      await partner.open(PATHS.edit(story.handle, "sandbox"));
      await partner.complete(changes, PAGES.app);
    }

    async function startAtSample(environment) {
      await visitor.page.goto(demo.sample, { waitUntil: "load" });
      story.faults.push(...(await look(visitor.page)));
      await fill(visitor.page, { environment, client_id: story.client });
      await submit(visitor.page);
    }

    /** Sends the person's browser to production, where this test is the relying party behind the live address. */
    async function startAtProduction() {
      const config = await discover(demo.issuer("production"), liveDocument(), story.liveKey);
      const { url, checks } = await authorization(config, liveDocument());
      await visitor.page.goto(url.href, { waitUntil: "load" });
      return { config, checks };
    }

    async function signInToProduction(how) {
      const { config, checks } = await startAtProduction();
      await visitorRobot("production").walk((url) => url.href.startsWith(LIVE_URL), how);
      const tokens = await oidc.authorizationCodeGrant(config, new URL(visitor.page.url()), checks);
      const info = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
      assert.equal(info.email, story.person.email);
    }

    function liveDocument() {
      return { issuer: story.client, oidc: { redirect_uris: [LIVE_URL], id_token_signed_response_alg: "RS256", token_endpoint_auth_method: "private_key_jwt" } };
    }

    function visitorRobot(environment) {
      return new Robot(visitor.page, story.person, { mail: (since) => demo.inbox(environment, story.person.email, since), faults: story.faults, byLink: environment === "production" });
    }

    async function launch() {
      return (await demo.api(partner.person.api_token, "GET", `/launches/${story.launch}`)).json;
    }

    async function reviewerActs(action) {
      const browser = await newBrowser();
      const deployer = new Member(demo, browser, demo.staff("deployer"));
      try {
        await deployer.signIn();
        await deployer.open(PATHS.launch(story.launch));
        await press(deployer.page, deployer.page.locator(`main [type="submit"][name="${action}"]`));
        if (await deployer.page.locator('[name="reason"]').count()) await deployer.complete({ reason: "The story says so." }, PAGES.launch);
      } finally {
        await browser.close();
      }
    }

    /** An executed agreement of the partner's team that lists an app which nobody has made yet. */
    async function listedApp() {
      const { items } = (await demo.api(partner.person.api_token, "GET", "/agreements")).json;
      const made = new Set((await demo.api(partner.person.api_token, "GET", "/apps")).json.items.map((app) => app.app_name));
      for (const agreement of items.filter((one) => one.state === "executed")) {
        const free = agreement.apps.find((name) => !made.has(name));
        if (free) return { agreement: agreement.number, app_name: free };
      }
      throw new Error(`no executed agreement of ${partner.person.team} lists an app that is still to be made: ${JSON.stringify(items)}`);
    }

    async function shot(page, name) {
      await picture(page, `${width}-${name}`);
      if (name === "launch" && width === 1280 && process.env.DURWARD_WRITE_DOCS) {
        const folder = path.join(OUTPUT, "../docs/images");
        mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: path.join(folder, "launch.png"), clip: { x: 0, y: 0, width, height: 960 } });
      }
    }
  });
}
