package dev.webhooks.examples.springboot.shop;

import dev.webhooks.examples.springboot.security.Customer;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The shop over HTTP. */
@RestController
@RequestMapping("/api/orders")
class OrderController {
  private final OrderService service;

  OrderController(OrderService service) {
    this.service = service;
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Order place(@AuthenticationPrincipal Customer customer, @RequestBody NewOrder order) {
    if (!order.isValid()) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST, "an order names an item and a quantity from 1 to 1,000");
    }
    return service.place(customer.account(), order);
  }

  @GetMapping
  List<Order> after(
      @AuthenticationPrincipal Customer customer, @RequestParam(defaultValue = "0") long after) {
    return service.after(customer.account(), after);
  }

  @ExceptionHandler
  ProblemDetail refuse(OutOfStockException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, e.getMessage());
  }
}
