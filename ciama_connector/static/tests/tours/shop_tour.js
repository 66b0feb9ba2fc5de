import { registry } from "@web/core/registry";

const secret = ".o_field_widget[name=credential_ids] .o_data_row:contains(API key)";

registry.category("web_tour.tours").add("ciama_shop", {
    steps: () => [
        {
            content: "Open the shop",
            trigger: ".o_kanban_record:contains(Hub)",
            run: "click",
        },
        {
            content: "Enter the API key",
            trigger: `${secret} td[name=value]:last`,
            run: "click",
        },
        {
            content: "... hidden while it is typed",
            trigger: `${secret} td[name=value] input[type=password]`,
            run: "edit wrong-key",
        },
        {
            content: "Test the connection",
            trigger: "button[name=action_test_connection]",
            run: "click",
        },
        {
            content: "The shop refuses the key, in a sentence",
            trigger: ".o_notification:contains(The hub refuses the API key.)",
        },
        {
            content: "It stays on the form",
            trigger: ".o_form_view .alert-danger:contains(The hub refuses the API key.)",
        },
        {
            content: "Enter another one",
            trigger: `${secret} td[name=value]:last`,
            run: "click",
        },
        {
            content: "The old one is not shown",
            trigger: `${secret} td[name=value] input[type=password]`,
            run({ anchor }) {
                if (anchor.value) {
                    throw new Error("The secret was sent back to the page");
                }
            },
        },
        {
            content: "Type it",
            trigger: `${secret} td[name=value] input[type=password]`,
            run: "edit right-key",
        },
        {
            content: "Test again",
            trigger: "button[name=action_test_connection]",
            run: "click",
        },
        {
            content: "The shop answers",
            trigger: ".o_notification:contains(Fake answers: Ciama 1, EUR, Europe/Paris.)",
        },
        {
            content: "The trouble is gone",
            trigger: ".o_form_view:not(:has(.alert-danger)) .o_arrow_button_current:contains(Working)",
        },
        {
            content: "The secret is set, and not on the page",
            trigger: `${secret} td[name=is_set] input:checked`,
        },
        {
            content: "Look at the rules",
            trigger: ".o_notebook .nav-link[name=orders]",
            run: "click",
        },
        {
            content: "They can be changed",
            trigger: ".o_field_widget[name=confirm_policy]",
        },
        {
            content: "Pull now",
            trigger: "button[name=action_pull]",
            run: "click",
        },
        {
            content: "It happens in the background",
            trigger: ".o_notification:contains(in the background)",
        },
        {
            content: "Look at its orders",
            trigger: ".oe_stat_button[name=action_open_orders]:contains(Imported)",
            run: "click",
        },
        {
            content: "Only those that the figure counts",
            trigger: ".o_searchview .o_facet_values:contains(Imported)",
        },
    ],
});
