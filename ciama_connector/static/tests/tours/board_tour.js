import { registry } from "@web/core/registry";

const card = ".o_kanban_record:contains(W-77)";

function column(label) {
    return {
        content: `The board has a column "${label}"`,
        trigger: `.o_kanban_group .o_column_title:contains(${label})`,
    };
}

registry.category("web_tour.tours").add("ciama_board", {
    steps: () => [
        ...["Received", "Held", "Blocked", "Failed", "Imported", "Ignored"].map(column),
        {
            content: "The blocked order tells its cause",
            trigger: `.o_kanban_group:contains(Blocked) ${card}:contains(Unknown product)`,
        },
        {
            content: "... its customer and what it says in full",
            trigger: `${card}:contains(Marie Curie):contains(12.00):contains(reference STOOL)`,
        },
        {
            content: "Open it",
            trigger: `${card} span:contains(W-77)`,
            run: "click",
        },
        {
            content: "The form says what to do",
            trigger: ".o_form_view .alert:contains(choose the product that is meant)",
        },
        {
            content: "... and shows the order as it was read",
            trigger: ".o_field_widget[name=comparison_html] .o_ciama_pair:contains(Stool)",
        },
        {
            content: "Texts of the shop are no HTML",
            trigger: ".o_field_widget[name=comparison_html]:not(:has(script)):contains(<script>)",
        },
        {
            content: "Do what is suggested",
            trigger: ".alert button:contains(Choose the Product)",
            run: "click",
        },
        {
            content: "The value that is missing is there",
            trigger: ".o_list_view .o_data_row:contains(STOOL) td[name=product_id]",
            run: "click",
        },
        {
            content: "Look for the product",
            trigger: ".o_data_row td[name=product_id] input",
            run: "edit CHAIR",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Chair)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "Import what waited for it",
            trigger: ".o_data_row:contains(STOOL) button[name=action_free_orders]",
            run: "click",
        },
        {
            content: "It is said how many",
            trigger: ".o_notification:contains(again: 1)",
        },
        {
            content: "Back to the board",
            trigger: ".o_breadcrumb a:contains(Board), .breadcrumb-item a:contains(Board)",
            run: "click",
        },
        {
            content: "The order is imported",
            trigger: `.o_kanban_group:contains(Imported) ${card}`,
        },
        {
            content: "Open it",
            trigger: `${card} span:contains(W-77)`,
            run: "click",
        },
        {
            content: "Open its sale order",
            trigger: ".oe_stat_button[name=action_open_sale_order]",
            run: "click",
        },
        {
            content: "It has the chair",
            trigger: ".o_field_widget[name=order_line] .o_data_row:contains(Chair)",
        },
        {
            content: "It is confirmed and keeps the shop's facts",
            trigger: ".o_notebook .nav-link[name=ciama]",
            run: "click",
        },
        {
            content: "... such as the number there",
            trigger: ".tab-pane.active .o_field_widget[name=client_order_ref]:contains(W-77)",
        },
        {
            content: "And back to the shop's order",
            trigger: ".oe_stat_button[name=action_open_ciama_order]",
            run: "click",
        },
        {
            content: "It is the same",
            trigger: ".o_form_view h1:contains(W-77)",
        },
    ],
});

registry.category("web_tour.tours").add("ciama_board_mobile", {
    steps: () => [
        {
            content: "The board shows the blocked order on a phone",
            trigger: `${card}:contains(Unknown product)`,
        },
        {
            content: "Open it",
            trigger: `${card} span:contains(W-77)`,
            run: "click",
        },
        {
            content: "The cause is there",
            trigger: ".o_form_view .alert:contains(reference STOOL)",
        },
        {
            content: "... and the button that mends it",
            trigger: ".alert button:contains(Choose the Product)",
        },
    ],
});
