"""What can flow in one world: the linear program behind the two axes and the loss.

Two blocks of the same kind, built by the same rows. The *time block* runs over steps from the first day
of the control, with stocks, goods on the way and reserves. The *rate block* is one step that stands for
the window of the N-th year; it has no stock at all, so stocks cannot enter competitiveness.

The rows are the linear relaxation of the day-by-day simulation (`shock._kernel`); both `shock.lp` and
this program know the end in advance and split what is left in the best way. Simplified, each named:

* days are averaged over steps: what arrives within a step is there from its beginning
* orders are free up to the links' limits (times 1 + surge): nobody waits `adjust` or learns by `memory`;
  stock is held up to the larger of what is there and what is aimed at
* usual customers get at most their part of what a supplier makes when all order most, alternatives theirs
  beside usual orders (`parts`); `Instance.shared` = "best" lets the program split as it likes instead. What
  an alternative is given comes out of the part of others
* a process that is held begins all that is asked: it does not save its stock by running at 95 %
* important inputs that lack add up their losses instead of multiplying the shares left
* the usable share of an alternative lowers what it may deliver, not what it takes from its supplier
* a node no cut reaches can go up to its capacity, as far as orders by its planned use feed it (`fed`)
* a quota is one limit for all its links, its rest passes on within the horizon as `carry` says
* a national reserve opens when it would without a plan (`worlds.opening_days`), and each user gets its
  part by use: those who still have enough draw nothing in the simulation
* installed goods wear step by step and count with what is left at the end of a step
* before a shortage can reach it at the earliest, a node keeps to its plan (`timing`)
* buyers who saved or moved on in an earlier month (`thrift` of the kernel) are left out
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from meguri.base.units import DAYS_PER_YEAR
from meguri.respond.instance import EffectKind, Instance
from meguri.respond.parts import all_other_parts, most_ordered, other_parts, parts_of, usual_parts
from meguri.respond.quotas import put_quotas
from meguri.respond.reached import ESSENTIAL, IMPORTANT, binding_slots, fed
from meguri.respond.reached import Reach as Reach
from meguri.respond.reached import reach as reach
from meguri.respond.reserves import put_reserves
from meguri.respond.rows import Block as Block
from meguri.respond.rows import Rows, Span
from meguri.respond.timing import Timing, step_end, timing

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_NOTHING = 1e-9  # [1] what rounding leaves of a share


class _Builder:
    """Rows of one world, one rule of the kernel after the other."""

    def __init__(
        self, instance: Instance, reached: Reach, number: int, lasting: bool, end: float = np.inf
    ) -> None:
        world = instance.worlds[number]
        self.instance, self.reached, self.number, self.world = instance, reached, number, world
        self.w, self.n, self.f = instance.wiring, world.numbers, world.filters
        self.span = Span(instance, world, lasting)
        self.rows, self.fed = Rows(self.span.steps), fed(instance, world)
        n, w = self.n, self.w
        self.usual = usual_parts(w, n)
        self.scale = np.where(n.plan > 0, n.plan, np.maximum(n.capacity, 1e-300))  # [t/d] per node
        self.position = np.full(n.plan.size, -1)
        self.position[reached.inside] = np.arange(reached.inside.size)
        binding = binding_slots(instance, n)
        self.slots = np.flatnonzero(reached.member[w.slot_node] & binding)
        self.slot_at = np.full(n.use.size, -1)
        self.slot_at[self.slots] = np.arange(self.slots.size)
        self.soft = np.flatnonzero(w.essential[self.slots] == IMPORTANT)  # places among the slots
        self.soft_holder = self.position[w.slot_node[self.slots[self.soft]]]
        spoilt = n.loss[self.slots[self.soft]]
        self.spoilt = np.bincount(self.soft_holder, spoilt, minlength=reached.inside.size)
        inward = self.slot_at[w.link_slot] >= 0
        self.links = np.flatnonzero(inward & ((n.amount > 0) | (n.potential > 0)))
        self.extra: list[tuple[Ints, Ints]] = []  # what else comes to slots: places, columns
        self.brought: dict[EffectKind, list[tuple[tuple[int, ...], int, float, Floats]]] = {}
        for at, option in enumerate(instance.options):
            for effect in option.effects:
                share = effect.lasting[[number]] if lasting else effect.available[number]
                self.brought.setdefault(effect.kind, []).append((effect.at, at, effect.per_unit, share))
        self.last = float(step_end(instance, min(end, float(self.span.starts[-1]))))
        self.when: Timing | None = None
        if not lasting:
            when = timing(instance, world, reached.member, reached.tracked, self.slots, self.last)
            when.reduced[self._fed_slots()] = 0.0  # what options bring may be stocked from the first day
            self.when = when

    def _fed_slots(self) -> Ints:
        fed = {place for kind in ("supply", "saving") for place in self.at_places(kind)}
        return np.array(sorted(fed), dtype=np.int64)

    def at_places(self, kind: EffectKind) -> dict[int, list[tuple[int, float, Floats]]]:
        """What options bring to each place: option, amount per unit of size, share there in each step."""
        found: dict[int, list[tuple[int, float, Floats]]] = {}
        for places, option, per_unit, share in self.brought.get(kind, []):
            for place in places:
                found.setdefault(place, []).append((option, per_unit, share))
        return found

    def build(self) -> Block:
        """All of them."""
        self._outputs()
        self._deliveries()
        self._balances()
        self._soft_inputs()
        self._supplies()
        self._savings()
        if not self.span.lasting:
            use, brought = self.n.use[self.slots], self.at_places("reserve")
            self.extra += put_reserves(self.rows, self.span, self.f, self.slots, use, self.balance, brought)
        self._installed()
        self._suppliers()
        put_quotas(self.rows, self.span, (self.w, self.n, self.f), self.links, self.flow)
        if self.when is not None:
            self._keep_to_plan(self.when)
        return self._finish()

    def _keep_to_plan(self, when: Timing) -> None:
        """Fix what cannot be disturbed yet, or no longer counts; see `timing`."""
        begin, end = self.span.starts[None, :-1], self.span.starts[None, 1:]
        inside, slots = self.reached.inside, self.slots
        early = end <= when.disturbed[inside][:, None]
        over = begin >= when.useful[inside][:, None]
        self.rows.fix(self.begun, early | over, np.where(early, 1.0, 0.0))
        if self.helped.size:
            self.rows.fix(self.helped, early | over, 0.0)
        holder = self.position[self.w.slot_node[slots]]
        before, after = end <= when.reduced[slots][:, None], over[holder]
        self.rows.fix(self.stock, before | after, (self.n.stock[slots] / self.n.use[slots])[:, None])
        self.rows.drop(self.balance[before | after])
        soft = self.soft
        self.rows.fix(self.taken, (early | over)[holder[soft]], np.where(early, 1.0, 0.0)[holder[soft]])
        self._fix_links(when, begin, end)
        for at, columns in self.extra:
            self.rows.fix(columns, np.broadcast_to(before[at] | after[at], columns.shape), 0.0)

    def _fix_links(self, when: Timing, begin: Floats, end: Floats) -> None:
        """Deliveries as usual until the control, the supplier or the customer asks for others."""
        n, w, links = self.n, self.w, self.links
        slot = w.link_slot[links]
        sooner = np.minimum(when.cut[links], when.disturbed[w.supplier[links]])
        sooner = np.minimum(sooner, when.reduced[slot] - n.lead[links])
        late = begin + n.lead[links][:, None] >= when.useful[w.slot_node[slot]][:, None]
        early = (end <= sooner[:, None]) & ~late
        usual = np.minimum((n.amount[links] / n.use[slot])[:, None], self.most_link)
        own = self.variable
        self.rows.fix(self.flow[own], (early | late)[own], np.where(early, usual, 0.0)[own])

    # nodes

    def _outputs(self) -> None:
        """What is begun, as a share of plan: what capacity allows, and for end users what is asked."""
        n, f, span, inside = self.n, self.f, self.span, self.reached.inside
        working = span.mean(f.working)[:, f.working_of[inside]].T
        self.kept = span.mean(f.kept)[:, f.kept_of[inside]].T
        wanted = span.mean(f.wanted)[:, f.wanted_of[inside]].T
        outside = (n.final / self.scale)[inside][:, None]
        self.asked = 1.0 - outside * (1.0 - wanted)
        free = (n.capacity / self.scale)[inside][:, None]
        self.able = able = free * working
        sells = np.bincount(self.w.supplier[n.amount + n.potential > 0], minlength=n.plan.size)[inside] > 0
        most = np.where(sells[:, None], np.inf, self.asked / np.maximum(self.kept, _NOTHING))
        room, know = self.at_places("capacity"), self.at_places("knowledge")
        raised = [node for node in inside.tolist() if node in room or node in know]
        fixed = ~np.isin(inside, raised)
        self.begun = self.rows.column(inside.size, np.where(fixed[:, None], np.minimum(most, able), most))
        self.helped = self.rows.column(inside.size if know else 0)
        self.taken = self.rows.column(self.soft.size)  # of important inputs
        for node in raised:
            at = self.position[node]
            row = self.rows.row(1, able[[at]])
            self.rows.put(row, self.begun[[at]], 1.0)
            for option, per_unit, share in room.get(node, []):
                self.rows.bring(row, option, per_unit / DAYS_PER_YEAR / self.scale[node] * share)
            for option, per_unit, share in know.get(node, []):
                self.rows.bring(row, option, per_unit * share * (free[at] - able[at]))
        self._saved_yield(know)

    def _saved_yield(self, know: dict[int, list[tuple[int, float, Floats]]]) -> None:
        """Output that knowledge keeps usable: no more than was begun would have lost."""
        if not know:
            return
        at = np.arange(self.reached.inside.size)
        lost = 1.0 - self.kept
        row, own = self.rows.row(at.size), self.rows.row(at.size)
        self.rows.put(row, self.helped, 1.0)
        self.rows.put(own, self.helped, 1.0)
        self.rows.put(own, self.begun, -lost)
        for node, brought in know.items():
            place = self.position[node]
            for option, per_unit, share in brought if place >= 0 else []:
                self.rows.bring(row[place], option, per_unit * share * lost[place])

    def _put_made(self, rows: Ints, nodes: Ints, factor: npt.ArrayLike) -> None:
        """Add ``factor`` times the usable output of some nodes (positions inside) to rows (node, step)."""
        factor = np.broadcast_to(np.asarray(factor, dtype=float), rows.shape)
        holder, loss = self.soft_holder, self.n.loss[self.slots[self.soft]]
        kept = self.kept[nodes]
        self.rows.put(rows, self.begun[nodes], factor * kept * (1.0 - self.spoilt[nodes])[:, None])
        if self.helped.size:
            self.rows.put(rows, self.helped[nodes], factor)
        for at, node in enumerate(nodes):
            mine = np.flatnonzero(holder == node)
            if mine.size:
                self.rows.put(rows[at], self.taken[mine], factor[at] * kept[at] * loss[mine, None])

    # links and slots

    def _deliveries(self) -> None:
        """Deliveries in days of use: usual links up to limit or surge, alternatives once they are ready."""
        n, f, span, links = self.n, self.f, self.span, self.links
        limit = f.limit[span.first + span.days][:, f.group[links]]
        use = n.use[self.w.link_slot[links]]
        usual = np.where(limit < 1.0, limit, 1.0 + n.surge) * n.amount[links]
        since = (span.first + span.days)[:, None] - n.ready[links][None, :]
        grown = 1.0 - (1.0 - n.first_yield[links]) * np.exp(-np.maximum(since, 0.0) / n.recovery[links])
        ready = np.where(since >= 0.0, grown, 0.0)
        open_share = np.minimum(limit, 1.0)
        weight = span.weight
        self.most_link = (weight @ (usual + open_share * ready * n.potential[links]) / use).T
        self.ready_link, self.open_link = (weight @ ready).T, (weight @ open_share).T
        if self.instance.shared == "usual":
            giver = self.w.supplier[links]
            full = self.usual[links] / use * np.minimum(n.capacity, self.fed.rate)[giver]
            outside = (self.position[giver] < 0) & (n.amount[links] > 0)
            self.most_link = np.where(
                outside[:, None], np.minimum(self.most_link, full[:, None]), self.most_link
            )
        self.others = other_parts(self.w, n, self._asks())
        paid = self.at_places("qualify")
        freed = np.isin(links, list(paid))
        self._sort_links(limit)
        own = np.flatnonzero(self.variable)
        self.flow = np.full((links.size, span.steps), -1)
        self.flow[own] = self.rows.column(own.size, np.where(freed[:, None], np.inf, self.most_link)[own])
        for at in np.flatnonzero(freed):
            row = self.rows.row(1, self.most_link[[at]])
            self.rows.put(row, self.flow[[at]], 1.0)
            could = n.potential[links[at]] / use[at] * self.open_link[at]
            for option, per_unit, share in paid[int(links[at])]:
                more = np.maximum(per_unit * share - self.ready_link[at], 0.0)
                self.rows.bring(row, option, could * more)

    def _asks(self) -> Floats:
        """What alternatives order that are qualified without a plan; axes (link, step) [t/d]."""
        n, span, f = self.n, self.span, self.f
        asks = np.zeros((n.amount.size, span.steps))
        others = np.flatnonzero(n.potential > 0)
        days = (span.first + span.days)[:, None]
        may = np.minimum(f.limit[days, f.group[others]], 1.0) * (days >= n.ready[others])
        asks[others] = n.potential[others, None] * (span.weight @ may).T
        return asks

    def _sort_links(self, limit: Floats) -> None:
        """Which deliveries are variables, which are a constant, and which a part of what is made.

        Nothing is gained by delivering less than may be: stocks let go of what they have no room for. So
        what a node at plan delivers is its limit, and what a node inside delivers to a usual customer is
        its part, unless a control, a quota or an alternative of the same supplier asks for a choice.
        """
        n, links, giver = self.n, self.links, self.w.supplier[self.links]
        usual = (n.amount[links] > 0) & (self.f.quota[links] < 0)
        asked = np.bincount(giver[n.amount[links] <= 0], minlength=n.plan.size) > 0
        usual &= ~asked[giver] & (self.instance.shared == "usual")
        inside = self.position[giver] >= 0
        raised = np.isin(giver, [*self.at_places("capacity"), *self.at_places("knowledge")])
        within = n.capacity[giver] <= most_ordered(self.w, n)[giver] * (1.0 + _NOTHING)
        self.constant = usual & ~inside
        self.part = usual & inside & within & ~raised & ~(limit < 1.0).any(axis=0)
        self.variable = ~(self.constant | self.part)

    def _balances(self) -> None:
        """Every input: use <= what arrives + what the stock gives; in days of use, per day."""
        n, w, span, slots = self.n, self.w, self.span, self.slots
        self.balance = row = self.rows.row(slots.size, self._on_the_way())
        self._put_arrivals(row)
        hard = np.flatnonzero((w.essential[slots] == ESSENTIAL) & (n.life[slots] <= 0))
        self.rows.put(row[hard], self.begun[self.position[w.slot_node[slots[hard]]]], 1.0)
        hosted = np.flatnonzero(w.host[slots] >= 0)
        host = w.host[slots[hosted]]
        gives = n.byproduct[slots[hosted]] * self.scale[host] / n.use[slots[hosted]]
        self.hosted = hosted, host, gives
        if not span.lasting:
            self._put_stocks(row)

    def _on_the_way(self) -> Floats:
        """What left before the control and still arrives, and by-products of untouched hosts."""
        n, w, span = self.n, self.w, self.span
        fixed = np.zeros((self.slots.size, span.steps))
        place = self.slot_at[w.link_slot[self.links]]
        if not span.lasting:
            until = np.clip(n.lead[self.links][:, None] - span.starts[None, :-1], 0.0, span.length[None, :])
            share = (n.amount[self.links] / n.use[w.link_slot[self.links]])[:, None]
            np.add.at(fixed, place, share * until / span.length[None, :])
        for at in np.flatnonzero(w.host[self.slots] >= 0):
            slot = self.slots[at]
            if not self.reached.member[w.host[slot]]:
                fixed[at] += n.byproduct[slot] * n.plan[w.host[slot]] / n.use[slot]
        return fixed

    def _put_arrivals(self, row: Ints) -> None:
        """Deliveries reach their slot after the lead, their held share later."""
        n, f, span, links = self.n, self.f, self.span, self.links
        place = self.slot_at[self.w.link_slot[links]]
        lead = n.lead[links].astype(float)
        held = span.mean(f.delayed)[:, f.group[links]].T
        late = span.mean(f.delayed * f.delay)[:, f.group[links]].T
        late = lead[:, None] + np.divide(late, held, out=np.zeros_like(late), where=held > 0)
        for part in np.array_split(np.arange(links.size), max(links.size // 400, 1)):
            share = span.arriving(lead[part]) * np.ones((1, span.steps, 1))
            if not span.lasting and (held[part] > 0).any():
                share = share * (1.0 - held[part])[:, :, None]
                share += span.arriving(late[part]) * held[part][:, :, None]
            at, s, t = np.nonzero(share)
            link, cells = part[at], share[at, s, t]
            own = self.variable[link]
            self.rows.put(row[place[link[own]], t[own]], self.flow[link[own], s[own]], -cells[own])
            fixed = self.constant[link]
            brought = self.most_link[link[fixed], s[fixed]] * cells[fixed]
            self.rows.add_start(row[place[link[fixed]], t[fixed]], brought)
            parts = self.part[link]
            self._put_parts(row[place[link[parts]], t[parts]], link[parts], s[parts], -cells[parts])

    def _put_parts(self, rows: Ints, link: Ints, step: Ints, factor: Floats) -> None:
        """Add ``factor`` times what is delivered by links that give a part of what is made."""
        slot, node = self.w.link_slot[self.links[link]], self.w.supplier[self.links[link]]
        place = self.position[node]
        factor = factor * self.usual[self.links[link]] * self.scale[node] / self.n.use[slot]
        kept = self.kept[place, step]
        self.rows.put(rows, self.begun[place, step], factor * kept * (1.0 - self.spoilt[place]))
        if self.helped.size:
            self.rows.put(rows, self.helped[place, step], factor)
        for at in np.unique(place[self.spoilt[place] > 0]):
            mine = np.flatnonzero(place == at)
            for soft in np.flatnonzero(self.soft_holder == at):
                loss = self.n.loss[self.slots[self.soft[soft]]]
                self.rows.put(rows[mine], self.taken[soft, step[mine]], factor[mine] * kept[mine] * loss)

    def _put_stocks(self, row: Ints) -> None:
        """What is left at the end of each step; at most what is there at first or aimed at."""
        n, span, slots = self.n, self.span, self.slots
        first = n.stock[slots] / n.use[slots]
        aimed = n.target[slots, None] * span.mean(self.f.aim)[:, self.f.aim_of[slots]].T + 1.0
        hosted = self.w.host[slots, None] >= 0
        room = np.where(hosted, (n.room[slots] / n.use[slots])[:, None], aimed)
        cap = np.maximum(first[:, None], room)
        more = self.at_places("stock")
        raised = np.isin(slots, list(more))
        self.stock = stock = self.rows.column(slots.size, np.where(raised[:, None], np.inf, cap))
        self.rows.put(row, stock, 1.0 / span.length[None, :])
        self.rows.put(row[:, 1:], stock[:, :-1], -1.0 / span.length[None, 1:])
        self.rows.add_start(row[:, 0], first / span.length[0])
        for at in np.flatnonzero(raised):
            ceiling = self.rows.row(1, cap[[at]])
            self.rows.put(ceiling, stock[[at]], 1.0)
            assert self.when is not None
            reduced = self.when.reduced[slots[at]]
            step = min(int(np.searchsorted(span.starts[1:], reduced, side="right")), span.steps - 1)
            for option, per_unit, share in more[int(slots[at])]:
                self.rows.bring(row[at, [step]], option, per_unit * share[0] / span.length[step])
                self.rows.bring(ceiling, option, per_unit * share[0])

    def _soft_inputs(self) -> None:
        """Important inputs: what is used of them, at most what is begun would use."""
        places = self.slots[self.soft]
        worn = self.n.life[places] > 0
        self.rows.put(self.balance[self.soft[~worn]], self.taken[~worn], 1.0)
        row = self.rows.row(places.size)
        self.rows.put(row, self.taken, 1.0)
        self.rows.put(row, self.begun[self.position[self.w.slot_node[places]]], -1.0)
        hosted, host, gives = self.hosted
        mine = np.flatnonzero(self.reached.member[host])
        if mine.size:
            self._put_made(self.balance[hosted[mine]], self.position[host[mine]], -gives[mine][:, None])

    # what options and reserves add

    def _supplies(self) -> None:
        for places, option, per_unit, share in self.brought.get("supply", []):
            at = self.slot_at[list(places)]
            at = at[at >= 0]
            if not at.size:
                continue
            given = self.rows.column(at.size)
            self.extra.append((at, given))
            self.rows.put(self.balance[at], given, -1.0)
            row = self.rows.row(1)
            self.rows.put(row, given, self.n.use[self.slots[at]][:, None])
            self.rows.bring(row, option, per_unit / DAYS_PER_YEAR * share)

    def _savings(self) -> None:
        """Need that is saved comes as supply, at most the share saved of what is begun."""
        options = self.instance.options
        for slot, brought in self.at_places("saving").items():
            at = self.slot_at[slot]
            if at < 0:
                continue
            saved = self.rows.column(1)
            self.extra.append((np.array([at]), saved))
            self.rows.put(self.balance[[at]], saved, -1.0)
            row, own = self.rows.row(1), self.rows.row(1)
            self.rows.put(row, saved, 1.0)
            self.rows.put(own, saved, 1.0)
            most = min(1.0, sum(per_unit * options[option].size_max for option, per_unit, _ in brought))
            self.rows.put(own, self.begun[[self.position[self.w.slot_node[slot]]]], -most)
            for option, per_unit, share in brought:
                self.rows.bring(row, option, per_unit * share)

    def _installed(self) -> None:
        """Installed goods wear and are replaced from the stock; output needs them."""
        n, w, span = self.n, self.w, self.span
        at = np.flatnonzero(n.life[self.slots] > 0)
        if not at.size:
            return
        slots = self.slots[at]
        full = (n.full[slots] / n.use[slots])[:, None]  # [d of use] installed at full capacity
        life = n.life[slots][:, None]
        fitted, stands = self.rows.column(at.size), self.rows.column(at.size, 1.0)
        self.rows.put(self.balance[at], fitted, 1.0)
        left = np.ones_like(life) if span.lasting else np.exp(-span.length[None, :] / life)
        begun = (n.installed[slots] / n.full[slots])[:, None]
        row = self.rows.row(at.size)
        self.rows.put(row, fitted, -(1.0 if span.lasting else span.length[None, :]) / full)
        if span.lasting:
            self.rows.put(row, stands, 1.0 / life)
        else:
            self.rows.put(row, stands, 1.0)
            self.rows.put(row[:, 1:], stands[:, :-1], -left[:, 1:])
            self.rows.add_start(row[:, 0], begun[:, 0] * left[:, 0])
        node = w.slot_node[slots]
        enough = self.rows.row(at.size)
        self.rows.put(enough, stands, -(n.capacity / self.scale)[node][:, None])
        needs = self.begun[self.position[node]].copy()
        soft = np.flatnonzero(w.essential[slots] == IMPORTANT)
        needs[soft] = self.taken[np.searchsorted(self.soft, at[soft])]
        self.rows.put(enough, needs, 1.0)

    # who delivers

    def _suppliers(self) -> None:
        """What leaves a node is made; customers outside the program keep their share of it."""
        n, links, giver = self.n, self.links, self.w.supplier[self.links]
        usual = n.amount[links] > 0
        part = n.use[self.w.link_slot[links]] / self.scale[giver]  # [1 of plan] per day of use
        sold = np.bincount(giver[usual], n.amount[links][usual], minlength=n.plan.size) / self.scale
        free = np.where(n.plan > 0, np.clip(1.0 - sold, 0.0, 1.0), 0.0)
        free[free < _NOTHING] = 0.0
        others = np.bincount(giver[~usual], minlength=n.plan.size) > 0
        in_parts = self.instance.shared == "usual"
        for node in np.unique(giver):
            mine = np.flatnonzero(giver == node)
            if in_parts and self.position[node] >= 0:
                self._give_parts(int(node), mine[usual[mine] & self.variable[mine]])
                if others[node]:
                    self._give(int(node), mine, part[mine], 1.0)
                    self._give_others(int(node), mine[~usual[mine]], part)
                continue
            own = mine[usual[mine]]
            if self.constant[own].any():
                continue
            if own.size and (free[node] > 0 or not others[node]):
                self._give(int(node), own, part[own], 1.0 - free[node])
            if others[node]:
                self._give(int(node), mine, part[mine], 1.0)
                if in_parts:
                    self._give_others(int(node), mine[~usual[mine]], part)

    def _give_others(self, node: int, at: Ints, part: Floats) -> None:
        """Each alternative customer, and all together, get at most their part of what a node makes."""
        most = [*self.others[self.links[at]], np.full(self.span.steps, all_other_parts(self.w, self.n)[node])]
        for own, share in zip([*at[:, None], at], most, strict=True):
            place = self.position[node]
            row = self.rows.row(1, 0.0 if place >= 0 else share * self.n.capacity[node] / self.scale[node])
            if place >= 0:
                self._put_made(row, np.array([place]), -share[None, :])
            self.rows.put(row, self.flow[own], part[own][:, None])

    def _give_parts(self, node: int, at: Ints) -> None:
        """Every usual customer gets at most its usual part of what a node makes."""
        if not at.size:
            return
        row = self.rows.row(at.size)
        self.rows.put(row, self.flow[at], 1.0)
        usual = self.usual[self.links[at]] / self.n.use[self.w.link_slot[self.links[at]]]
        place = np.full(at.size, self.position[node])
        self._put_made(row, place, -(usual * self.scale[node])[:, None])

    def _give(self, node: int, at: Ints, part: Floats, share: float) -> None:
        """Deliveries ``at`` of a node are at most a share of its output."""
        place = self.position[node]
        if place < 0:
            able = share * self.n.capacity[node] / self.scale[node]
            most = (part[:, None] * self.most_link[at]).sum(axis=0)
            free = not np.isin(self.links[at], list(self.at_places("qualify"))).any()
            if not (free and (most <= self.fed.rate[node] / self.scale[node]).all()):
                self._feed(node, at, part)
            if free and (most <= able * (1 + _NOTHING)).all():
                return
            row = self.rows.row(1, able)
        else:
            row = self.rows.row(1)
            self._put_made(row, np.array([place]), -share)
        self.rows.put(row, self.flow[at], part[:, None])

    def _feed(self, node: int, at: Ints, part: Floats) -> None:
        """Deliveries of a node outside are at most their part of what its inputs and their stock let it make.

        What it does not make today it cannot make tomorrow beside tomorrow's: its store is no larger than
        at first.
        """
        span, rate = self.span, self.fed.rate[node] / self.scale[node]
        if not np.isfinite(rate):
            return
        length = np.ones(1) if span.lasting else span.length
        share = parts_of(self.w, self.n, self.links[at], node) if self.instance.shared == "usual" else 1.0
        row = self.rows.row(1, rate * length[None, :])
        self.rows.put(row, self.flow[at], part[:, None] * length[None, :] / share)
        if not span.lasting:
            store = self.fed.store[node] / self.scale[node]
            left = self.rows.column(1, store)
            self.rows.put(row, left, 1.0)
            self.rows.put(row[:, 1:], left[:, :-1], -1.0)
            self.rows.add_start(row[:, 0], store)

    def _finish(self) -> Block:
        """What is lost of the output of ends and processes."""
        instance, span, tracked = self.instance, self.span, self.reached.tracked
        at = self.position[tracked]
        is_process = np.isin(tracked, instance.processes)
        held = np.flatnonzero(is_process & (not span.lasting))
        lost = self.rows.column(tracked.size, 1.0)
        late = self.rows.column(held.size)
        row = self.rows.row(tracked.size, -1.0)
        self._put_made(row, at, -1.0)
        self.rows.put(row, lost, -1.0)
        self.rows.put(row[held], late, -1.0)
        until = self.rows.column(1, 1.0)[0] if held.size else np.zeros(0, dtype=np.int64)
        if held.size:
            level = self.n.short_below * np.minimum(self.asked[at[held]], 1.0)
            allowed = self.rows.row(held.size, 1.0)
            self.rows.put(allowed, lost[held], 1.0)
            self.rows.put(allowed, until[None, :], level)
            self._in_full(at[held], late, until)
        if self.when is not None:
            begin, end = span.starts[None, :-1], span.starts[None, 1:]
            idle = np.asarray((end <= self.when.disturbed[tracked][:, None]) | (begin >= self.last))
            self.rows.fix(lost, idle, 0.0)
            self.rows.drop(row[idle])
            if held.size:
                self.rows.fix(late, idle[held], 0.0)
                self.rows.fix(until, np.asarray(idle[held].all(axis=0)), 0.0)
        cost = np.zeros(self.rows.columns)
        length = np.ones(1) if span.lasting else span.length
        cost[lost] = instance.ends[tracked][:, None] * length[None, :]
        number, matrix, start, effect = self.rows.rest(len(instance.options))
        kept = np.flatnonzero(number >= 0)
        return Block(
            matrix=matrix, start=start, effect=effect, most=self.rows.most[kept], cost=cost[kept],
            lost=number[lost], late=number[late], until=number[until], tracked=tracked, held=held,
            starts=span.starts,
        )  # fmt: skip

    def _in_full(self, at: Ints, late: Ints, until: Ints) -> None:
        """A process that is held begins all that is asked of it: nobody saves a stock on a day of need."""
        row = self.rows.row(at.size)
        self.rows.put(row, until[None, :], np.minimum(self.asked, self.able)[at])
        self.rows.put(row, self.begun[at], -1.0)
        self.rows.put(row, late, -1.0)


def time_block(instance: Instance, reached: Reach, world: int, end: float = np.inf) -> Block:
    """Stocks and flows from the first day of the control over all steps in one world; or until a day."""
    return _Builder(instance, reached, world, lasting=False, end=end).build()


def rate_block(instance: Instance, reached: Reach, world: int) -> Block:
    """What can be made in the window of the N-th year without any stock in one world."""
    return _Builder(instance, reached, world, lasting=True).build()
