import { registry } from "@web/core/registry";

const shop = ".o_kanban_record:contains(Hub)";
const back = {
    content: "Back to the overview",
    trigger: ".o_breadcrumb a:contains(Overview), .breadcrumb-item a:contains(Overview)",
    run: "click",
};

registry.category("web_tour.tours").add("ciama_overview", {
    steps: () => [
        {
            content: "The shop needs attention, and says why",
            trigger: `${shop}:contains(Needs Attention):contains(need a person: 2)`,
        },
        {
            content: "Its sign tells the platform",
            trigger: `${shop} img[alt='Ciama hub'], ${shop} img[alt]`,
        },
        {
            content: "The orders of a cause",
            trigger: `${shop} a:contains(2 × Unknown product)`,
            run: "click",
        },
        {
            content: "... are on the board",
            trigger: ".o_kanban_group:contains(Blocked) .o_kanban_record:contains(W-77)",
        },
        {
            content: "... which is filtered by the cause",
            trigger: ".o_searchview_facet:contains(Unknown product)",
        },
        back,
        {
            content: "The orders in a state",
            trigger: `${shop} button:contains(2 Blocked)`,
            run: "click",
        },
        {
            content: "... are there, too",
            trigger: ".o_kanban_group:contains(Blocked) .o_kanban_record:contains(W-77)",
        },
        back,
        {
            content: "What to mend first",
            trigger: `${shop} button[name=action_open_mend_first]`,
            run: "click",
        },
        {
            content: "... is the unknown product",
            trigger: ".o_data_row:contains(Unknown product):contains(STOOL)",
        },
        back,
        {
            content: "The graph of the last days is drawn",
            trigger: `${shop} .o_dashboard_graph canvas`,
        },
    ],
});

registry.category("web_tour.tours").add("ciama_overview_empty", {
    steps: () => [
        {
            content: "Nothing is there yet: the page says how to begin",
            trigger: ".o_view_nocontent:contains(Connect your first shop) a:contains(Connect a Shop)",
            run: "click",
        },
        {
            content: "... and leads there",
            trigger: ".o_form_view:contains(PrestaShop)",
        },
    ],
});
