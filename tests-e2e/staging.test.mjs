// Staging in a browser: an app for verified identities, under an executed agreement, reviewed by two and deployed like production.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as oidc from "openid-client";
import { openBrowser, picture, press } from "./browser.mjs";
import { authorization, discover, newKey } from "./clients.mjs";
import { startDemo } from "./demo.mjs";
import { Member, PAGES, PATHS } from "./portal.mjs";
import { Visitor } from "./visitor.mjs";

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#005ea2"/></svg>';
const CALLBACK = "https://staging.lighthouses.example.gov/callback";

for (const width of [1280, 320]) {
  describe(`staging at ${width} pixels`, () => {
    const story = { faults: [] };
    let demo;
    let partner;
    let broken = false;

    before(async () => {
      demo = await startDemo({ at: "2026-11-10", name: `staging-${width}` });
      partner = new Member(demo, await openBrowser({ width, faults: story.faults }), demo.partner("partner_admin", "fisheries-digital"));
    });
    after(async () => {
      await partner?.browser.close();
      await demo?.stop();
    });

    chapter("the agreement that covers verified identities is executed", async () => {
      const { items } = await partnerReads("/agreements");
      const found = items.find((one) => one.state === "executed" && one.listed_apps.some((app) => app.level === "identity-verified"));
      const made = new Set((await partnerReads("/apps")).items.map((app) => app.app_name));
      story.agreement = found.number;
      story.app_name = found.listed_apps.find((app) => app.level === "identity-verified" && !made.has(app.name)).name;
      await partner.signIn();
    });

    chapter("an app for sign-in alone is not led to staging", async () => {
      story.key = await newKey("ES256");
      await partner.open(PATHS.newApp);
      await partner.complete(settings({ issuer: client(), keys: story.key.pem, redirect_uris: `${demo.sample}/callback`, level_of_service: "auth-only" }), PAGES.app);
      story.handle = new URL(partner.page.url()).pathname.split("/").at(-2);
      await partner.open(PATHS.app(story.handle, "sandbox"));
      assert.equal(await partner.page.locator(`main a[href="/apps/${story.handle}/staging/new"]`).count(), 0);
    });

    chapter("with verified identities it gets a configuration of its own for staging", async () => {
      await partner.open(PATHS.edit(story.handle, "sandbox"));
      await partner.complete({ level_of_service: "identity-verified", default_aal: "aal2", failure_to_proof_url: "https://lighthouses.example.gov/other-ways" }, PAGES.app);
      await partner.open(PATHS.app(story.handle, "sandbox"));
      await shot("staging-before");
      await press(partner.page, partner.page.locator(`main a[href="/apps/${story.handle}/staging/new"]`).first());
      await shot("staging-new");
      story.stagingKey = await newKey("ES256");
      await partner.complete(settings({ issuer: client(), keys: story.stagingKey.pem, redirect_uris: CALLBACK, post_logout_redirect_uris: "https://staging.lighthouses.example.gov/out", level_of_service: "identity-verified", default_aal: "aal2", failure_to_proof_url: "https://lighthouses.example.gov/other-ways" }), PAGES.app);
      await shot("staging-app");
    });

    chapter("nothing goes there without an authority to operate", async () => {
      const wish = { app: story.handle, environment: "staging", agreement: story.agreement };
      const draft = (await demo.api(partner.person.api_token, "POST", "/launches", wish, [201])).json;
      const refused = await demo.api(partner.person.api_token, "POST", `/launches/${draft.id}/submit`, {}, [422]);
      assert.equal(refused.json.code, "launch/staging-authority");
      await demo.api(partner.person.api_token, "POST", `/launches/${draft.id}/withdraw`, {});
      await partner.open(`/apps/${story.handle}/staging/evidence`);
      await shot("staging-evidence");
      const today = "2026-01-15";
      await partner.complete({ document_id: "ATO-STAGING-7", issued: today, expires: "2029-01-14" }, "portal-evidence");
      assert.match(await partner.page.locator("main").innerText(), /ATO-STAGING-7/);
    });

    chapter("the request is sent, two reviewers say yes, and it has its window", async () => {
      await partner.open(`/apps/${story.handle}/staging/launch`);
      await shot("staging-launch-form");
      const estimates = { annual_registrations: 2_000, annual_authentications: 9_000, monthly_active_users: 500, seasonality: "Summer" };
      await partner.complete({ agreement: story.agreement, ...estimates, audience: "Visitors", application_url: "https://staging.lighthouses.example.gov/" }, PAGES.launch);
      story.launch = new URL(partner.page.url()).pathname.split("/").at(-1);
      await shot("staging-launch");
      const reviewers = demo.document.staff.filter((one) => one.role === "reviewer");
      const [first, second] = [await says(reviewers[0]), await says(reviewers[1])];
      assert.equal(first, "submitted");
      assert.equal(second, "scheduled");
    });

    chapter("the window comes, and a person with a verified identity signs in to staging and nowhere else", async () => {
      const { window } = await request();
      await demo.moveClock(window);
      assert.equal((await request()).state, "deployed");
      const person = demo.document.people.find((one) => one.level === "identity-verified");
      const config = await discover(demo.issuer("staging"), document(), story.stagingKey);
      const { url, checks } = await authorization(config, document(), { acr_values: "http://idmanagement.gov/ns/assurance/ial/2", scope: "openid email" });
      const back = await new Visitor(person).walk(url);
      const tokens = await oidc.authorizationCodeGrant(config, back, checks);
      assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).email, person.email);
      const elsewhere = await discover(demo.issuer("production"), document(), story.stagingKey);
      const { status } = await new Visitor(person).look((await authorization(elsewhere, document())).url);
      assert.ok(status >= 400, "production does not know it");
      await partner.open(PATHS.launch(story.launch));
      await shot("staging-live");
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

    function client() {
      return `urn:gov:gsa:openidconnect.profiles:sp:sso:LIGHT:${width}`;
    }

    function document() {
      return { issuer: client(), oidc: { redirect_uris: [CALLBACK], id_token_signed_response_alg: "RS256", token_endpoint_auth_method: "private_key_jwt" } };
    }

    function settings(changes) {
      return {
        handle: story.handle ?? `lighthouses-${width}`,
        team: partner.person.team,
        app_name: story.app_name,
        friendly_name: "Lighthouse Visits Online",
        description: "A day on the rock.",
        protocol: "oidc",
        default_aal: "aal1",
        attributes: ["email"],
        token_endpoint_auth_method: "private_key_jwt",
        post_logout_redirect_uris: `${demo.sample}/signed-out`,
        logo: { name: "light.svg", mimeType: "image/svg+xml", buffer: Buffer.from(LOGO) },
        ...changes,
      };
    }

    async function partnerReads(path) {
      return (await demo.api(partner.person.api_token, "GET", path)).json;
    }

    function request() {
      return partnerReads(`/launches/${story.launch}`);
    }

    /** A reviewer looks at the page of the request and presses yes. */
    async function says(person) {
      const browser = await openBrowser({ width, faults: story.faults });
      const reviewer = new Member(demo, browser, person);
      try {
        await reviewer.signIn();
        await reviewer.open(PATHS.launch(story.launch));
        await picture(reviewer.page, `${width}-staging-review`);
        await press(reviewer.page, reviewer.page.locator('main [type="submit"][name="approve"]'));
      } finally {
        await browser.close();
      }
      return (await request()).state;
    }

    async function shot(name) {
      await picture(partner.page, `${width}-${name}`);
    }
  });
}
