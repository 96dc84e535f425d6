// Fills a tablet's store as a pull fills it: buildings of 200 households.
async ([pin, count]) => {
  const module = (name) => import(document.querySelector("script[type=module]").src.replace("app.js", name));
  const [{ people, unlock }, { openVault }, { writesFor, blocksAfter }] = await Promise.all([module("people.js"), module("vault.js"), module("blocks.js")]);
  const [person] = await people();
  const vault = await openVault(person.id, await unlock(person.id, pin));
  const [building] = await vault.all("blocks", "kind", "building");
  const [pattern] = Object.values(building.body.records);
  const id = (kind, n) => `${kind.toString(16).padStart(8, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
  const visit = (n, k) => ({ id: id(3, n * 3 + k), occurred_at: "2026-03-05T02:24:00.000Z", outcome: "met", type: "regular", satisfaction: "satisfied", by: "王芳" });
  const opinion = (n, k) => ({ id: id(4, n * 2 + k), kind: "repair", status: "measured", content: "10 楼走廊窗户关不严，下雨天会飘水进来", measures: [{ action: "更换导轨油杯并调整" }], commitments: [] });
  for (let place = 0; place * 200 < count; place += 1) {
    const own = id(1, place);
    const records = [{ kind: "building", id: own, n: 1, revision: 1, office: pattern.office, community: pattern.community, data: { ...pattern.data, code: `${place + 10}`, name: { zh_Hans: `${place + 10}栋`, zh_Hant: `${place + 10}棟` } } }];
    for (let n = place * 200; n < place * 200 + 200; n += 1)
      records.push({ kind: "household", id: id(2, n), n: 1, revision: 1, office: pattern.office, community: pattern.community, data: {
        building: own, stair: "1", floor: (n % 200) >> 3, room: `${((n % 200) >> 3) + 1}0${n % 8 + 1}`, occupancy: "occupied", tenure: "own", preference: "晚上七点以后", last_visit_on: "2026-01-05",
        residents: [0, 1].map((k) => ({ id: id(5, n * 2 + k), name: `陈文${n}${k}`, relation: "owner", phone: `139 •••• ${String(n).padStart(4, "0").slice(-4)}` })),
        visits: [0, 1, 2].map((k) => visit(n, k)), opinions: n % 5 ? [] : [opinion(n, 0), opinion(n, 1)], brief: null,
      } });
    const { next, touched } = await blocksAfter(new Map(), records, []);
    await vault.write(writesFor(next, touched));
  }
}
