// Technical support: a partner asks about a failed sign-in, staff answer, and the conversation goes on by mail.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { dataPage, fill, look, openBrowser, picture, press, submit, words } from "./browser.mjs";
import { newKey, register } from "./clients.mjs";
import { startDemo } from "./demo.mjs";
import { Member } from "./portal.mjs";

for (const width of [1280, 320]) {
  describe(`support at ${width} pixels`, () => {
    const story = {};
    let demo;
    let partner;
    let support;
    let visitor;

    before(async () => {
      demo = await startDemo({ name: `support-${width}` });
      const [one, two, three] = await Promise.all([openBrowser({ width }), openBrowser({ width }), openBrowser({ width })]);
      partner = new Member(demo, one, demo.partner("partner_developer"));
      support = new Member(demo, two, demo.staff("support"));
      visitor = three;
      await Promise.all([partner.signIn(), support.signIn()]);
    });
    after(async () => {
      await Promise.all([partner?.browser, support?.browser, visitor].map((browser) => browser?.close()));
      await demo?.stop();
    });

    it("the partner asks about the request id of an error page", async () => {
      const { pem } = await newKey();
      const document = await register(demo, { team: demo.partner("partner_developer").team, keys: [{ pem }] }, demo.partner("partner_developer"));
      story.handle = document.handle;
      const query = new URLSearchParams({ client_id: document.issuer, redirect_uri: "http://localhost:9/elsewhere", response_type: "code", scope: "openid" });
      await visitor.page.goto(`${demo.issuer("sandbox")}/openid_connect/authorize?${query}`);
      story.request = await visitor.page.locator("#request_id").innerText();
      await partner.open(`/apps/${story.handle}/sandbox`);
      await press(partner.page, partner.page.locator("#ask"));
      assert.equal(await partner.page.locator("#app").inputValue(), story.handle);
      await recorded();
      await press(partner.page, partner.page.locator("#ask"));
      assert.equal(await partner.page.locator("#request").inputValue(), story.request);
      assert.equal(await partner.page.locator("#category").inputValue(), "sign_in");
      await submit(partner.page);
      await seen(partner.page, "ticket-new-refused");
      assert.equal(await dataPage(partner.page), "portal-ticket-new", "an empty question is not sent");
      assert.equal(await partner.page.locator(".usa-error-message").count(), 2, "every fault is told at once");
      await fill(partner.page, { subject: "Our callback is refused", text: "Since the release of this morning.\n\n<b>What</b> changed?" });
      await seen(partner.page, "ticket-new");
      await submit(partner.page);
      assert.equal(await dataPage(partner.page), "portal-ticket", await words(partner.page));
      story.path = new URL(partner.page.url()).pathname;
      await seen(partner.page, "ticket-opened");
    });

    it("support finds the ticket and its request, and answers", async () => {
      await support.open("/support?state=open");
      await seen(support.page, "tickets-staff");
      await press(support.page, support.page.locator(`a[href="${story.path}"]`));
      await press(support.page, support.page.locator(`main a[href="/requests/${story.request}"]`));
      assert.equal(await dataPage(support.page), "portal-request");
      await support.open(story.path);
      await fill(support.page, { text: "The redirect URI ends in /elsewhere. Is that meant?" });
      await submit(support.page);
      await seen(support.page, "ticket-answered");
      assert.match(await words(support.page), /Waiting for the team/);
    });

    it("the partner answers by mail, and a forged mail is refused", async () => {
      story.mail = await mailed(partner.person.email, /^Re: Support: Our callback/);
      assert.match(story.mail.text, /Is that meant/);
      await partner.open("/");
      assert.match(await words(partner.page), /Tickets to answer[\s\S]*Our callback is refused/);
      await seen(partner.page, "home");
      const { answer_to } = story.mail;
      const raw = `From: ${partner.person.email}\r\nSubject: Re: hello\r\nMessage-ID: <${width}@x>\r\n\r\nNo, a mistake of ours. Thank you.\r\n\r\n${story.mail.text.replaceAll("\n", "\r\n> ")}`;
      assert.match(await hand(partner.person.email, answer_to, raw), /^250/);
      assert.match(await hand("eve@example.com", answer_to, "From: eve@example.com\r\n\r\nClose it."), /^550/);
      assert.match(await hand(partner.person.email, `support+${"0".repeat(40)}@portal.example.gov`, raw), /^550/);
      await support.open(story.path);
      const said = await support.page.locator("#messages > article").allInnerTexts();
      assert.equal(said.length, 3);
      assert.match(said[2], /by mail[\s\S]*a mistake of ours\. Thank you\.$/);
      assert.match(await words(support.page), /Waiting for support/);
      await support.open("/demo/inbox");
      await seen(support.page, "ticket-mail");
    });

    it("support says that it is solved, the partner hears of it and closes it", async () => {
      await support.open(story.path);
      await support.page.locator("#state").selectOption("solved");
      await press(support.page, support.page.locator("#move"));
      await mailed(partner.person.email, /Support: Our callback is refused – Solved/);
      await partner.open("/support");
      await seen(partner.page, "tickets-partner");
      await press(partner.page, partner.page.locator(`a[href="${story.path}"]`));
      await seen(partner.page, "ticket-solved");
      await partner.page.locator("#state").selectOption("closed");
      await press(partner.page, partner.page.locator("#move"));
      await seen(partner.page, "ticket-closed");
      assert.equal(await partner.page.locator("textarea").count(), 0);
      assert.match(await words(partner.page), /This ticket is closed/);
      await partner.open("/help");
      await seen(partner.page, "help");
    });

    it("another team sees nothing of it", async () => {
      const other = demo.partner("partner_admin", "harbour-office").api_token;
      const id = story.path.split("/").at(-1);
      await demo.api(other, "GET", `/tickets/${id}`, undefined, [404]);
      await demo.api(other, "POST", `/tickets/${id}/answers`, { text: "Mine" }, [404]);
      const { json } = await demo.api(other, "GET", "/tickets");
      assert.deepEqual(json.items, []);
    });

    it("no page has a fault", () => {
      assert.deepEqual([...new Set([...partner.faults, ...support.faults])], []);
    });

    /** Keeps a picture and looks at the page. */
    async function seen(page, name) {
      await picture(page, `support-${width}-${name}`);
      partner.faults.push(...(await look(page)));
    }

    /** Opens the page of the request when the portal has heard of it. */
    async function recorded() {
      for (let attempt = 0; attempt < 40; attempt += 1) {
        await partner.page.goto(`${demo.portal}/requests/${story.request}`, { waitUntil: "load" });
        if ((await dataPage(partner.page)) === "portal-request") return seen(partner.page, "request");
        await sleep(250);
      }
      throw new Error(`the request never came to the portal: ${await words(partner.page)}`);
    }

    async function mailed(to, subject) {
      for (let attempt = 0; attempt < 40; attempt += 1) {
        const found = (await demo.inbox("production", to)).find((mail) => subject.test(mail.subject));
        if (found) return found;
        await sleep(250);
      }
      throw new Error(`no mail ${subject} came to ${to}`);
    }

    /** Hands a mail to the demo's mail server; gives its answer. */
    function hand(from, to, raw) {
      const { hostname, port } = new URL(demo.document.smtp);
      const lines = ["EHLO test", `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, "DATA", `${raw}\r\n.`, "QUIT", ""];
      return new Promise((resolve, reject) => {
        let answers = "";
        const socket = net.connect(Number(port), hostname, () => socket.write(lines.join("\r\n")));
        socket.on("data", (data) => (answers += data));
        socket.on("error", reject);
        socket.on("close", () => resolve(answers.split("354 ")[1].split("\r\n")[1]));
      });
    }
  });
}
