# The commands of Vivado for the scripts in DIR/rtl: files must exist, steps must follow each other, buses must be those
# of the top. Said is what was done, in the order in which it was. `commands` and `mock` come from the test.

source [file join $mock(here) take.tcl]

namespace eval ipx {}
namespace eval do_ipx {}
foreach name [dict keys $commands] {
  proc ::$name args "return \[{do_$name} \[take {$name} \$args\]\]"
}

set state(step) ""
set state(part) ""
set state(files) {}
set state(top) ""

proc tell {what} { puts "did: $what" }
proc follow {step earlier} {
  global state
  if {$state(step) ne $earlier} { stub_error "$step after '$state(step)', not after '$earlier'" }
  set state(step) $step
  tell $step
}
proc read_files {paths} {
  global state
  if {$state(part) eq ""} { stub_error "no project" }
  foreach path $paths {
    if {![file exists $path]} { stub_error "no file $path" }
    lappend state(files) $path
  }
}
proc check_top {top} {
  foreach path $::state(files) {
    set file [open $path]
    set found [regexp "module\\s+$top\\M" [read $file]]
    close $file
    if {$found} return
  }
  stub_error "no module $top"
}
proc save_text {path text} { set file [open $path w]; puts $file $text; close $file }

proc do_create_project {words} { set ::state(part) $::option(-part); tell "project $::option(-part)" }
proc do_close_project {words} { set ::state(part) "" }
proc do_add_files {words} { read_files [lindex $words 0] }
proc do_read_verilog {words} { read_files [lindex $words 0] }
proc do_read_mem {words} { read_files [lindex $words 0] }
proc do_read_xdc {words} {
  if {$::option(-mode) ne "out_of_context"} { stub_error "mode $::option(-mode)" }
  uplevel #0 [list source [lindex $words 0]]
}
proc do_get_ports {words} { return $words }
proc do_create_clock {words} { tell "clock $::option(-period) of [lindex $words 0]" }
proc do_current_fileset {words} { return fileset }
proc do_update_compile_order {words} {}
proc do_synth_design {words} {
  global state option
  if {$option(-part) ne $state(part)} { stub_error "part $option(-part)" }
  check_top $option(-top)
  set state(top) $option(-top)
  follow "synth $option(-top) $option(-mode)" ""
}
proc do_opt_design {words} { follow opt "synth $::state(top) out_of_context" }
proc do_place_design {words} { follow place opt }
proc do_phys_opt_design {words} { follow phys_opt place }
proc do_route_design {words} { follow route phys_opt }
proc report {name} {
  if {$::state(step) ne "route"} { stub_error "$name before routing" }
  save_text $::option(-file) $name
}
proc do_report_timing_summary {words} { report timing }
proc do_report_timing {words} { report paths }
proc do_report_utilization {words} { report utilisation }
proc do_report_power {words} { report power }
proc do_write_checkpoint {words} { save_text [lindex $words 0] checkpoint }
proc do_get_timing_paths {words} { return path }
proc do_get_property {words} { return 0.5 }

proc do_set_property {words} {
  lassign $words key value object
  if {$object eq "fileset"} {
    if {$key ne "top"} { stub_error "property $key of a file set" }
    check_top $value
    set ::state(top) $value
  } elseif {![dict exists {core {name version display_name description} map {} s_axi slave_memory_map_ref
      block {base_address range width usage}} $object] || $key ni [dict get {core {name version display_name description}
      s_axi slave_memory_map_ref block {base_address range width usage}} $object]} {
    stub_error "property $key of $object"
  }
  tell "set $object $key $value"
}
proc do_ipx::package_project {words} {
  if {$::state(top) eq ""} { stub_error "no top" }
  file mkdir $::option(-root_dir)
  tell "package $::state(top) $::option(-vendor) $::option(-library)"
}
proc do_ipx::current_core {words} { return core }
proc do_ipx::get_bus_interfaces {words} {
  if {[lindex $words 0] ni $::mock(buses)} { stub_error "no bus $words" }
  return [lindex $words 0]
}
proc do_ipx::associate_bus_interfaces {words} {
  global option
  if {[info exists option(-busif)] && $option(-busif) ni $::mock(buses)} { stub_error "no bus $option(-busif)" }
  if {$option(-clock) ne "clk"} { stub_error "no clock $option(-clock)" }
  tell "associate [expr {[info exists option(-busif)] ? $option(-busif) : $option(-reset)}]"
}
proc do_ipx::add_memory_map {words} { return map }
proc do_ipx::add_address_block {words} { return block }
proc do_ipx::create_xgui_files {words} {}
proc do_ipx::update_checksums {words} {}
proc do_ipx::check_integrity {words} { tell "check" }
proc do_ipx::save_core {words} { save_text [file join ip component.xml] "stand-in"; tell "save" }
